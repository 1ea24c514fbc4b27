import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface EchoServer {
  port: number;
  url: string;
  /** Requests that arrived. */
  count(): number;
  stop(): Promise<void>;
}

function answer(request: IncomingMessage, response: ServerResponse, body: string): void {
  const status = Number(/[?&]status=(\d+)/.exec(request.url ?? "")?.[1] ?? 200);
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ method: request.method, url: request.url, headers: request.headers, body }));
}

/** An upstream that answers with what it was asked; `?status=` chooses the status. */
export async function startEchoServer(): Promise<EchoServer> {
  let count = 0;
  const server = createServer((request, response) => {
    count++;
    let body = "";
    request.on("data", (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on("end", () => answer(request, response, body));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    count: () => count,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
