/**
 * An agent that takes every report and serves 50,000 decisions, new ones every few seconds: as a process of its own, so that making
 * them does not hold up whoever measures. Prints its port.
 */
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { FEED_MAGIC, FEED_PATH, FEED_VERSION } from "../../contract/decision-feed.ts";

const [gateway = "default", secret = "", countText = "50000", everyText = "3"] = process.argv.slice(2);
const COUNT = Number(countText);
const EVERY_S = Number(everyText);
const EPOCH = Math.floor(Date.now() / 1000);

/** Addresses that the load never uses: 10.x.y.z, others in each sequence. */
function linesOf(sequence: number): string {
  const expires = Math.floor(Date.now() / 1000) + 600;
  let lines = "";
  for (let n = 0; n < COUNT; n += 1) {
    const address = `10.${sequence % 200}.${n >> 8}.${n & 255}`;
    lines += `block ip ${address} ${expires} bench-${sequence}-${n} -\n`;
  }
  return lines;
}

let kept = { sequence: 0, lines: "" };

function bodyNow(): { text: string; sequence: number } {
  const now = Math.floor(Date.now() / 1000);
  const sequence = 1 + Math.floor((now - EPOCH) / EVERY_S);
  if (kept.sequence !== sequence) kept = { sequence, lines: linesOf(sequence) };
  return {
    sequence,
    text: `${FEED_MAGIC} ${FEED_VERSION} ${gateway} ${EPOCH} ${sequence} ${now} ${COUNT}\n${kept.lines}`,
  };
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url ?? "/", "http://agent");
  if (url.pathname !== FEED_PATH) {
    for await (const _ of request);
    response.writeHead(202, { "content-type": "application/json" }).end('{"status":"accepted"}');
    return;
  }
  const { text, sequence } = bodyNow();
  if (url.searchParams.get("after") === `${EPOCH}.${sequence}`) return response.writeHead(304).end();
  const signature = `v1=${createHmac("sha256", secret).update(text).digest("hex")}`;
  response.writeHead(200, { "content-length": Buffer.byteLength(text), "x-tr-signature": signature }).end(text);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ port: (server.address() as AddressInfo).port })}\n`);
});
