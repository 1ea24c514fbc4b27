import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { FEED_PATH } from "../../../contract/decision-feed.ts";
import {
  type Batch,
  HEADER_BATCH,
  HEADER_KEY,
  HEADER_NODE,
  HEADER_SIGNATURE,
  HEADER_TIMESTAMP,
} from "../../../contract/ingest.ts";

export const INGEST_KEY = "the ingest key of these tests";
export const FEED_KEY = "the feed key of these tests";

/** One request to the ingest route. */
export interface Delivery {
  at: number;
  batch: Batch;
  isSigned: boolean;
}

export interface Feed {
  gateway?: string;
  epoch?: number;
  sequence: number;
  issuedAt?: number;
  count?: number;
  lines: string[];
}

type Answerer<T> = (request: IncomingMessage, response: ServerResponse, subject: T) => void;

/** An agent on the wire of `contract/` that does what a test tells it. */
export interface ScriptedAgent {
  url: string;
  deliveries: Delivery[];
  /** Ids of the records that were accepted, in order. */
  accepted: string[];
  polls: string[];
  /** Replaces the answer to a delivery; undefined accepts. */
  onDelivery: Answerer<Delivery> | undefined;
  /** Replaces the answer to a poll; undefined answers with `feed`. */
  onPoll: Answerer<string> | undefined;
  feed: Feed;
  stop(): Promise<void>;
  start(): Promise<void>;
}

const sign = (key: string, text: string) => `v1=${createHmac("sha256", key).update(text).digest("hex")}`;

export function formatFeed(feed: Feed): string {
  const { gateway = "edge", epoch = 1_700_000_000, sequence, lines } = feed;
  const issuedAt = feed.issuedAt ?? Math.floor(Date.now() / 1000);
  return `${[`tr-feed 1 ${gateway} ${epoch} ${sequence} ${issuedAt} ${feed.count ?? lines.length}`, ...lines].join("\n")}\n`;
}

export function sendFeed(response: ServerResponse, body: string, key = FEED_KEY): void {
  response.writeHead(200, { "content-type": "text/plain", [HEADER_SIGNATURE]: sign(key, body) });
  response.end(body);
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

function readDelivery(request: IncomingMessage, body: string): Delivery {
  const header = (name: string) => String(request.headers[name]);
  const signed = `ingest\n${header(HEADER_TIMESTAMP)}\n${header(HEADER_NODE)}\n${header(HEADER_BATCH)}\n${body}`;
  const batch = JSON.parse(body) as Batch;
  const isSigned =
    header(HEADER_SIGNATURE) === sign(INGEST_KEY, signed) &&
    header(HEADER_KEY) === "node-key" &&
    header(HEADER_BATCH) === batch.batch &&
    header(HEADER_NODE) === batch.node;
  return { at: Date.now(), batch, isSigned };
}

function isPollSigned(request: IncomingMessage): boolean {
  const { [HEADER_TIMESTAMP]: timestamp, [HEADER_NODE]: node, [HEADER_SIGNATURE]: signature } = request.headers;
  return signature === sign(INGEST_KEY, `feed\n${timestamp}\n${node}\n${request.url}`);
}

function answerPoll(agent: ScriptedAgent, request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  agent.polls.push(url);
  if (!isPollSigned(request)) {
    response.writeHead(401).end();
    return;
  }
  if (agent.onPoll) {
    agent.onPoll(request, response, url);
    return;
  }
  const { epoch = 1_700_000_000, sequence } = agent.feed;
  if (url.endsWith(`after=${epoch}.${sequence}`)) {
    response.writeHead(304).end();
    return;
  }
  sendFeed(response, formatFeed(agent.feed));
}

async function answerDelivery(agent: ScriptedAgent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const delivery = readDelivery(request, await readBody(request));
  const isDuplicate = agent.deliveries.some((known) => known.batch.batch === delivery.batch.batch);
  agent.deliveries.push(delivery);
  if (agent.onDelivery) {
    agent.onDelivery(request, response, delivery);
    return;
  }
  accept(agent, response, delivery, isDuplicate && agent.accepted.includes(delivery.batch.records[0]?.id ?? ""));
}

export function accept(agent: ScriptedAgent, response: ServerResponse, delivery: Delivery, isDuplicate = false): void {
  if (!isDuplicate) agent.accepted.push(...delivery.batch.records.map((record) => record.id));
  response.writeHead(isDuplicate ? 200 : 202, { "content-type": "application/json" });
  response.end(JSON.stringify({ status: isDuplicate ? "duplicate" : "accepted" }));
}

export async function startAgent(tls?: { key: string; cert: string }): Promise<ScriptedAgent> {
  let server: Server;
  let port = 0;
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      const answer = (request: IncomingMessage, response: ServerResponse) => {
        if (request.url?.startsWith(FEED_PATH)) answerPoll(agent, request, response);
        else answerDelivery(agent, request, response).catch(() => response.destroy());
      };
      server = tls ? createSecureServer(tls, answer) : createServer(answer);
      server.once("error", reject);
      server.listen(port, "127.0.0.1", () => {
        port = (server.address() as { port: number }).port;
        agent.url = tls ? `https://127.0.0.1:${port}` : `http://127.0.0.1:${port}`;
        resolve();
      });
    });
  const agent: ScriptedAgent = {
    url: "",
    deliveries: [],
    accepted: [],
    polls: [],
    onDelivery: undefined,
    onPoll: undefined,
    feed: { sequence: 0, lines: [] },
    start: listen,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  await listen();
  return agent;
}
