import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the model says next. */
export type ClaudeReply =
  | { answer: unknown; once?: Promise<void> }
  | { text: string }
  | { stop: "refusal" | "max_tokens"; text?: string }
  | { status: number; type?: string; headers?: Record<string, string> }
  | { body: string }
  | "hang"
  | "reset";

export interface ClaudeRequest {
  headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into it.
  body: any;
}

/** A server on 127.0.0.1 that speaks the Messages API on the wire and says what it is told to. */
export interface ClaudeServer {
  url: string;
  requests: ClaudeRequest[];
  /** Used one after the other; the last one stays. */
  replies: ClaudeReply[];
  close: () => Promise<void>;
}

export async function startClaudeServer(...replies: ClaudeReply[]): Promise<ClaudeServer> {
  const requests: ClaudeRequest[] = [];
  const queue = [...replies];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const problem = whatIsWrong(request.method ?? "", request.url ?? "", request.headers);
      if (problem !== null) {
        fail(response, ...problem);
        return;
      }
      requests.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString("utf8")) });
      const reply = (queue.length > 1 ? queue.shift() : queue[0]) ?? { text: "" };
      if (reply === "hang") return;
      if (reply === "reset") return void request.socket.destroy();
      const ready = typeof reply === "object" && "once" in reply ? reply.once : undefined;
      if (ready === undefined) send(response, reply);
      else void ready.then(() => send(response, reply));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    replies: queue,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type Problem = [status: number, type: string, headers?: Record<string, string>];

function whatIsWrong(method: string, url: string, headers: IncomingHttpHeaders): Problem | null {
  if (method !== "POST" || !url.startsWith("/v1/messages")) return [404, "not_found_error"];
  const key = headers["x-api-key"] ?? headers.authorization?.replace(/^Bearer /, "");
  if (key === undefined || key === "") return [401, "authentication_error"];
  return headers["anthropic-version"] === undefined ? [400, "invalid_request_error"] : null;
}

function fail(response: ServerResponse, status: number, type: string, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", "request-id": "req_test", ...headers });
  response.end(
    JSON.stringify({ type: "error", error: { type, message: `${type} on purpose` }, request_id: "req_test" }),
  );
}

function send(response: ServerResponse, reply: Exclude<ClaudeReply, string>): void {
  if ("status" in reply) {
    fail(response, reply.status, reply.type ?? "api_error", reply.headers);
    return;
  }
  response.writeHead(200, { "content-type": "application/json", "request-id": "req_test" });
  response.end("body" in reply ? reply.body : JSON.stringify(messageOf(reply)));
}

function messageOf(reply: { answer: unknown } | { text: string } | { stop: string; text?: string }): object {
  const text = "answer" in reply ? JSON.stringify(reply.answer) : (reply.text ?? "");
  const stop_reason = "stop" in reply ? reply.stop : "end_turn";
  return {
    id: "msg_test",
    type: "message",
    role: "assistant",
    model: "claude-haiku-5-5",
    content: text === "" ? [] : [{ type: "text", text, citations: null }],
    stop_reason,
    stop_sequence: null,
    stop_details: stop_reason === "refusal" ? { type: "refusal", category: "cyber", explanation: null } : null,
    usage: { input_tokens: 400, output_tokens: 40, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 },
  };
}
