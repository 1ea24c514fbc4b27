import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { FEED_PATH } from "../../contract/decision-feed.ts";
import { type Batch, type EventRecord, HEADER_SIGNATURE, INGEST_PATH, type NodeHealth } from "../../contract/ingest.ts";
import { FEED_SECRET } from "./gateway-node.ts";

/** What a gateway gets when it asks for decisions. */
export interface FeedAnswer {
  status?: number;
  body: string;
  signature: string;
}

export interface FeedParts {
  gateway?: string;
  version?: number;
  epoch?: number;
  sequence?: number;
  issuedAt?: number;
  /** How many decisions it announces. */
  count?: number;
  lines?: string[];
  secret?: string;
}

export const now = (): number => Math.floor(Date.now() / 1000);

export function blockLine(value: string, forSeconds = 600, id = `d-${value}`): string {
  return `block ip ${value} ${now() + forSeconds} ${id} -`;
}

/** Signed and well formed, unless its parts say otherwise; without the agent's own code. */
export function feedOf(parts: FeedParts = {}): FeedAnswer {
  const { gateway = "default", version = 1, epoch = 1_700_000_000, sequence = 100, lines = [] } = parts;
  const head = ["tr-feed", version, gateway, epoch, sequence, parts.issuedAt ?? now(), parts.count ?? lines.length];
  const body = [head.join(" "), ...lines].map((line) => `${line}\n`).join("");
  const hmac = createHmac("sha256", parts.secret ?? FEED_SECRET)
    .update(body)
    .digest("hex");
  return { body, signature: `v1=${hmac}` };
}

/** Stands where the agent would, and may be anybody: gateways poll it and report to it. */
export interface FeedServer {
  url: string;
  /** Of all polls from now on. */
  answer(make: () => FeedAnswer): void;
  polls(): number;
  /** What the node said about itself last. */
  health(): NodeHealth | undefined;
  /** All that nodes have reported. */
  records(): EventRecord[];
  close(): Promise<void>;
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

export async function startFeedServer(): Promise<FeedServer> {
  let make = () => feedOf();
  let polls = 0;
  let health: NodeHealth | undefined;
  const records: EventRecord[] = [];
  const server = createServer(async (request, response) => {
    const body = await readText(request);
    if (request.url === INGEST_PATH) {
      const batch = JSON.parse(body) as Batch;
      health = batch.health;
      records.push(...batch.records);
      response.writeHead(202, { "content-type": "application/json" }).end('{"status":"accepted"}');
      return;
    }
    if (!request.url!.startsWith(FEED_PATH)) {
      response.writeHead(404).end();
      return;
    }
    const answer = make();
    response.writeHead(answer.status ?? 200, { [HEADER_SIGNATURE]: answer.signature }).end(answer.body);
    polls++;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answer: (next) => {
      make = next;
    },
    polls: () => polls,
    health: () => health,
    records: () => records,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
