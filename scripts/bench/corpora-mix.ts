/** Recorded benign requests, as many of browsers as of APIs in the same order for one seed: what is replayed and what is judged. */
import { join } from "node:path";
import { seeded } from "../../demo/random.ts";
import type { LabelledRequest } from "../../training/request.ts";
import { readCorpora } from "./detection/corpora.ts";

const SOURCES = ["browser_benign", "api_benign"];
/** nginx takes no more by default. */
const LONGEST_LINE = 7500;
const LONGEST_BODY = 65_536;
/** What the load speaks of itself, or what would change the connection. */
const OWN = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "expect",
  "upgrade",
  "x-forwarded-for",
]);

export const defaultCorpora = (): string => process.env.CORPORA ?? join(import.meta.dirname, "../../../shared/corpora");

const fits = ({ path, query, headers, body }: LabelledRequest): boolean =>
  path.startsWith("/") &&
  path.length + query.length < LONGEST_LINE &&
  body.length < LONGEST_BODY &&
  Object.values(headers).every((value) => value.length < LONGEST_LINE && !/[\r\n\0]/.test(value)) &&
  !/[\s\0]/.test(path + query);

/** None where there are no corpora. */
export function readMix(folder: string, seed: number, count: number): LabelledRequest[] {
  const random = seeded(seed);
  const sources = readCorpora(folder, 1, 0)
    .filter(({ source }) => SOURCES.includes(source))
    .map(({ requests }) => requests.filter((request) => request.label === "benign" && fits(request)));
  if (sources.length < SOURCES.length) return [];
  return Array.from({ length: count }, (_, n) => {
    const requests = sources[n % sources.length]!;
    return requests[random.between(0, requests.length - 1)]!;
  });
}

/** The bytes of a request, from one of two hundred addresses. */
export function bytesOf(request: LabelledRequest, n: number): Buffer {
  const encoding = request.enc === "latin1" ? "latin1" : "utf8";
  const body = Buffer.from(request.body, encoding);
  const target = request.query === "" ? request.path : `${request.path}?${request.query}`;
  const given = Object.entries(request.headers).filter(([name]) => !OWN.has(name.toLowerCase()));
  const own = { Host: "shop.example.com", "X-Forwarded-For": `192.0.2.${(n % 200) + 1}` };
  const lines = [...Object.entries(own), ...given].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const length = body.length > 0 || request.method !== "GET" ? `Content-Length: ${body.length}\r\n` : "";
  return Buffer.concat([Buffer.from(`${request.method} ${target} HTTP/1.1\r\n${lines}${length}\r\n`, encoding), body]);
}
