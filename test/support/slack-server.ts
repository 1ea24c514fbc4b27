/** A server on 127.0.0.1 that speaks the part of Slack's Web API that messages need, with its limits and errors. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export const SLACK_TOKEN = "xoxb-0000000000-test-token";

interface SlackPost {
  channel: string;
  text: string;
  blocks: { type: string; text?: { type: string; text: string }; elements?: unknown[] }[];
  thread_ts?: string;
  ts: string;
}

type Fault = { status: number; headers?: Record<string, string>; body?: string } | "reset" | "hang";

export interface SlackServer {
  /** What SLACK_API_URL is. */
  url: string;
  posts: SlackPost[];
  requests: number;
  /** Instead of the next answers, in order. */
  faults: Fault[];
  /** Channels that are there, and whether the app is in them. */
  channels: Map<string, boolean>;
  close: () => Promise<void>;
}

export async function startSlackServer(): Promise<SlackServer> {
  const state = {
    posts: [],
    requests: 0,
    faults: [],
    channels: new Map([["#alerts", true]]),
  } as unknown as SlackServer;
  const server = createServer(async (request, response) => {
    state.requests++;
    const form = new URLSearchParams(await bodyOf(request));
    const fault = state.faults.shift();
    if (fault === "reset") return void request.socket.destroy();
    if (fault === "hang") return;
    if (fault !== undefined) return void response.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    const answer = request.url === "/api/chat.postMessage" ? post(state, request, form) : { error: "unknown_method" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ok: !("error" in answer), ...answer }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  state.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return state;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function post(state: SlackServer, request: IncomingMessage, form: URLSearchParams): { error: string } | { ts: string } {
  if (request.headers.authorization !== `Bearer ${SLACK_TOKEN}`) return { error: "invalid_auth" };
  const channel = form.get("channel") ?? "";
  const isMember = state.channels.get(channel);
  if (isMember === undefined) return { error: "channel_not_found" };
  if (!isMember) return { error: "not_in_channel" };
  const blocks = JSON.parse(form.get("blocks") ?? "[]") as SlackPost["blocks"];
  if (!areValid(blocks)) return { error: "invalid_blocks" };
  const text = form.get("text") ?? "";
  if (text === "") return { error: "no_text" };
  if (text.length > 40_000) return { error: "msg_too_long" };
  const ts = `1763800000.${String(state.posts.length + 1).padStart(6, "0")}`;
  const thread_ts = form.get("thread_ts");
  state.posts.push({ channel, text, blocks, ts, ...(thread_ts === null ? {} : { thread_ts }) });
  return { ts };
}

/** By Block Kit's limits. */
function areValid(blocks: SlackPost["blocks"]): boolean {
  const most: Record<string, number> = { header: 150, section: 3_000 };
  return (
    blocks.length <= 50 &&
    blocks.every(({ type, text, elements }) =>
      type === "context"
        ? Array.isArray(elements) && elements.length <= 10
        : text !== undefined && text.text.length > 0 && text.text.length <= (most[type] ?? 0),
    )
  );
}
