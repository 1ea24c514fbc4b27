import { expect, it } from "vitest";
import { scoreLines } from "../../scripts/score/scorer.ts";
import { ATTACKS } from "./payload-samples.ts";

/** A seeded generator (mulberry32): the same bytes in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const next = random(20261122);
const below = (limit: number) => Math.floor(next() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)]!;

/** What scanners' own parsers stumble over: escapes cut short, brackets, separators, single bytes. */
const PIECES = [
  "%",
  "%2",
  "%u00",
  "\\",
  "\\u",
  "\\u00",
  "\\x",
  "&#",
  "&#x",
  "&lt",
  "{",
  "[",
  '"',
  "'",
  "\r\n\r\n",
  "--b",
  "/*",
  "*/",
  "=",
  ";",
  "&",
  "<",
  ">",
  "\xef\xbc",
  "\xc0",
];

function bytes(): string {
  let text = "";
  for (let left = below(40); left > 0; left--) {
    const kind = below(3);
    if (kind === 0) text += String.fromCharCode(below(256));
    if (kind === 1) text += pick(PIECES);
    if (kind === 2) text += pick(ATTACKS).value.slice(below(10), 10 + below(30));
  }
  return text;
}

const TYPES = [
  "application/json",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=b",
  "text/xml",
  "text/plain",
  "",
];

it("never fails on any bytes, and its answers are printable", async () => {
  const requests = Array.from({ length: 5000 }, (_, id) => ({
    id,
    enc: "latin1",
    method: bytes(),
    path: bytes(),
    query: bytes(),
    headers: {
      "Content-Type": pick(TYPES),
      Cookie: bytes(),
      "User-Agent": bytes(),
      Referer: bytes(),
      "X-Any": bytes(),
    },
    body: bytes(),
  }));
  const { scored, errors, status } = await scoreLines(`${requests.map((one) => JSON.stringify(one)).join("\n")}\n`);
  expect(errors).toBe("");
  expect(status).toBe(0);
  expect(scored.map(({ id }) => id)).toEqual(requests.map(({ id }) => id));
  expect(scored.filter(({ verdict }) => verdict === "block").length).toBeGreaterThan(100);
  for (const { reasons } of scored) expect(reasons.join("")).toMatch(/^[ -~]*$/);
});

it("takes bodies at their largest, whatever they repeat", async () => {
  const repeated = [
    "'",
    "' or ",
    "{",
    '{"a":',
    "<",
    "<a ",
    "%25",
    "&#",
    "../",
    "union select ",
    "/*",
    "a=b&",
    "\\",
    "on=",
    "${",
    "(",
    ")(",
    "x",
    " ",
  ];
  const requests = repeated.flatMap((piece) => {
    const body = piece.repeat(Math.ceil(65536 / piece.length));
    return TYPES.map((type) => ({ path: "/", headers: { "Content-Type": type }, body }));
  });
  const { scored, errors } = await scoreLines(`${requests.map((one) => JSON.stringify(one)).join("\n")}\n`);
  expect(errors).toBe("");
  expect(scored).toHaveLength(requests.length);
});
