import { createServer, request as httpRequest, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One write at the Admin API, in epoch milliseconds. */
export interface Write {
  line: string;
  from: number;
  to: number;
}

/** Stands between an agent and the Admin API, and notes what changes anything. */
export interface CountingProxy {
  url: string;
  writes: Write[];
  close(): void;
}

export const writesOf = ({ writes }: CountingProxy): number => writes.length;

export async function startCountingProxy(adminUrl: () => string): Promise<CountingProxy> {
  const writes: Write[] = [];
  const server: Server = createServer((incoming, outgoing) => {
    const isWrite = incoming.method !== "GET" && !incoming.url?.startsWith("/schemas/");
    const line = `${incoming.method} ${incoming.url}`;
    const write: Write = { line, from: Date.now(), to: Number.POSITIVE_INFINITY };
    if (isWrite) writes.push(write);
    const { host: _host, ...headers } = incoming.headers;
    const passed = httpRequest(
      `${adminUrl()}${incoming.url}`,
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        write.to = Date.now();
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    passed.on("error", () => outgoing.writeHead(502).end());
    incoming.pipe(passed);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
