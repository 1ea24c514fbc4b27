/** Where the agent's notifications arrive. Only what carries a valid signature counts. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";

export interface Notification {
  type: string;
  data: Record<string, unknown>;
}

export interface WebhookReceiver {
  url: string;
  received: Notification[];
  /** The same as they came over the wire. */
  bodies: string[];
  /** Deliveries with a wrong or no signature. */
  refused(): number;
  close(): Promise<void>;
}

async function readText(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

export async function startWebhookReceiver(secret: string): Promise<WebhookReceiver> {
  const verifier = new Webhook(secret);
  const received: Notification[] = [];
  const bodies: string[] = [];
  let refused = 0;
  const server = createServer(async (request, response) => {
    try {
      const body = await readText(request);
      received.push(verifier.verify(body, request.headers as Record<string, string>) as Notification);
      bodies.push(body);
      response.writeHead(204).end();
    } catch {
      refused += 1;
      response.writeHead(401).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    received,
    bodies,
    refused: () => refused,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
