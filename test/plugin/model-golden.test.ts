import "../../training/lua-on-node/register.ts";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../demo/random.ts";
import { ATTACKS, BENIGN, DOCUMENT } from "./payload-samples.ts";

const root = join(import.meta.dirname, "..", "..");

/** What a text scores, where, and what its tokens come to. */
type Line = string;

function scoreInLua(values: Buffer[]): Line[] {
  const input = Buffer.concat(values.flatMap((value) => [Buffer.from(`${value.length}\n`), value]));
  const { stdout, stderr, status } = spawnSync("luajit", [join(import.meta.dirname, "lua", "score-values.lua")], {
    input,
    env: { ...process.env, LUA_PATH: `${join(root, "lua-dist", "?.lua")};;` },
    maxBuffer: 1 << 28,
  });
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
  return stdout.toString().trimEnd().split("\n");
}

let scoreOnNode: (value: Buffer) => Line;

beforeAll(async () => {
  const load = (name: string) =>
    import(`../../training/lua-on-node/load.ts`).then(({ loadPayload }) => loadPayload(name));
  const [decode, model, classes, weighing, lexer] = await Promise.all(
    ["decode", "model-score", "model-class", "weigh", "tokens"].map(load),
  );
  scoreOnNode = (value) => {
    const length = decode.decodeValue(value, 0, value.length, "none");
    const score = model.scoreText(0, length);
    const [from, to] = model.bestWindow();
    const name = classes.classify(from, to);
    const total = weighing.weigh(score, from, to, length);
    const count = lexer.tokenize(0, length);
    let sum = 0;
    for (let i = 0; i < count; i++) sum = (sum * 31 + lexer.tokens[i] * 4 + lexer.gaps[i]) % 1000003;
    return [score, from, to, name, total, count, sum].join(" ");
  };
});

const { between, pick } = seeded(20261122);

/** What lexers stumble over: signs that open something, escapes cut short, comments, long runs. */
const PIECES = [
  "/*",
  "*/",
  "/*!50000",
  "--",
  "0x",
  "0xg",
  "'",
  '"',
  "${",
  "{{",
  "\\",
  "\\u",
  "%u00",
  "%",
  "&#",
  "<",
  "\0",
  "\r\n",
  "\xa0",
  "\xff",
];

function randomValue(): Buffer {
  const parts = Array.from({ length: between(0, 60) }, () => {
    const kind = between(0, 4);
    if (kind === 0) return Buffer.from(pick(PIECES), "latin1");
    if (kind === 1) return Buffer.from(pick(["select", "alert", "or", "x", "cat", "onfoo", "Abc123", "9", "12345678"]));
    if (kind === 2) return Buffer.alloc(between(1, 40), between(0, 255));
    return Buffer.from(Array.from({ length: between(1, 12) }, () => between(0, 255)));
  });
  return Buffer.concat(parts);
}

const LONG = [
  Buffer.alloc(65536, "a"),
  Buffer.alloc(65536, "/*"),
  Buffer.alloc(65536, "'"),
  Buffer.alloc(65536, "('"),
  Buffer.alloc(65536, "1 or 1=1 "),
  Buffer.alloc(65536, "<a b='c'>"),
  Buffer.alloc(65536, 0xc3),
  Buffer.concat([Buffer.alloc(9000, "word "), Buffer.from("' or 1=1-- "), Buffer.alloc(9000, "word ")]),
];

const golden = [...ATTACKS.map(({ value }) => value), ...BENIGN, DOCUMENT, "", " ", "\n"].map((text) =>
  Buffer.from(text),
);

describe("the lexer and the model", () => {
  it.each([
    ["hand-written values", golden],
    ["seeded random bytes", Array.from({ length: 2000 }, randomValue)],
    ["long values", LONG],
  ])("say the same on Node and in LuaJIT: %s", (_name, values) => {
    expect(scoreInLua(values)).toEqual(values.map((value) => scoreOnNode(value)));
  });

  it("keep windows and tokens inside what they read", () => {
    for (let i = 0; i < 500; i++) {
      const value = randomValue();
      const [score, from, to, , , count] = scoreOnNode(value).split(" ");
      expect(Number(score)).toBeGreaterThanOrEqual(0);
      expect(Number(from)).toBeLessThanOrEqual(Number(to));
      expect(Number(to)).toBeLessThanOrEqual(value.length);
      expect(Number(count)).toBeLessThanOrEqual(value.length);
    }
  });

  it("tell attacks from ordinary text", () => {
    const scoreOf = (text: string) => Number(scoreOnNode(Buffer.from(text)).split(" ")[0]);
    const attacks = ATTACKS.map(({ value }) => scoreOf(value)).sort((a, b) => a - b);
    const benign = BENIGN.map(scoreOf).sort((a, b) => a - b);
    expect(attacks[Math.floor(attacks.length / 10)]!).toBeGreaterThan(benign[Math.floor(benign.length * 0.9)]!);
  });
});
