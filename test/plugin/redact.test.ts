import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { DECODERS, unwrapBase64, unwrapToken } from "../../agent/src/redaction/decode.ts";
import { ENCODINGS, PLANTED } from "../support/planted-secrets.ts";

const REDACT = `
  local redact = require("kong.plugins.threat-response.redact").redactText
  for line in io.lines() do
    print(redact((line:gsub("..", function(digits) return string.char(tonumber(digits, 16)) end)), 4000))
  end`;

/** What the gateway's redactor makes of each text, under plain LuaJIT. */
const redactAll = (texts: string[]): string[] => runLines(REDACT, texts);

function runLines(script: string, texts: string[]): string[] {
  const { stdout, stderr, status } = spawnSync("luajit", ["-e", script], {
    input: texts.map((text) => `${Buffer.from(text).toString("hex")}\n`).join(""),
    env: { ...process.env, LUA_PATH: `${join(import.meta.dirname, "../../lua-dist/?.lua")};;` },
    maxBuffer: 64 * 1024 * 1024,
    encoding: "latin1",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.split("\n").slice(0, -1);
}

/** Everything a reader could get out of the text by undoing usual encodings. */
function readings(text: string): string[] {
  const found = [text];
  for (let i = 0; i < found.length && found.length < 200; i++) {
    const current = found[i]!;
    const tokens = current.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
    const words = tokens.flatMap((token) => [token, ...token.split("/")]);
    const inner = words.flatMap((word) => [unwrapToken(word), unwrapBase64(word)]);
    for (const next of [...DECODERS.map((decode) => decode(current)), current.replaceAll("+", " "), ...inner]) {
      if (next !== null && !found.includes(next)) found.push(next);
    }
  }
  return found;
}

it.each(Object.entries(ENCODINGS))("leaves nothing of any planted secret (%s)", (_name, encode) => {
  expect(new Set(PLANTED.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(60);
  const redacted = redactAll(PLANTED.map(({ text }) => encode(text)));
  const left = PLANTED.filter(({ needle }, i) => readings(redacted[i]!).some((reading) => reading.includes(needle)));
  expect(left.map(({ kind }) => kind)).toEqual([]);
});

const DESCRIBE = `
  ngx = { shared = {}, var = {}, req = { get_headers = function() return {} end }, now = os.time, worker = { id = function() return 0 end, pid = function() return 1 end } }
  kong = { node = { get_id = function() return "n" end } }
  local describe = require("kong.plugins.threat-response.request-descriptor").describeRequest
  local json = require("kong.plugins.threat-response.json").encodeJson
  for line in io.lines() do
    local text = line:gsub("..", function(digits) return string.char(tonumber(digits, 16)) end)
    print(json(describe({
      descriptor = { query = {}, headers = {} }, method = text,
      path = "/a/" .. text, query = "a=" .. text .. "&" .. text .. "=1&" .. text, headers = { text },
      agent = text, host = text, contentType = text,
    })))
  end`;

it.each(Object.entries(ENCODINGS))(
  "no request that is described has any planted secret, wherever it stood (%s)",
  (_name, encode) => {
    const described = runLines(
      DESCRIBE,
      PLANTED.map(({ text }) => encode(text)),
    );
    const left = PLANTED.filter(({ needle }, i) => readings(described[i]!).some((reading) => reading.includes(needle)));
    expect(left.map(({ kind }) => kind)).toEqual([]);
  },
);

it("leaves ordinary text and attacks readable", () => {
  const ordinary = [
    "GET /orders/10293847?page=2&sort=price HTTP/1.1",
    "query:q=1' UNION SELECT name FROM users --",
    "37 distinct users from 203.0.113.7 within 60 s",
    "2001:db8::1 sent 1200 requests",
    "/static/js/main.4f3a9c1d.js?v=20261122",
    "order 7f9c2ba4-e88f-4bd5-9c1a-0b6f2f3a4e5d shipped",
    "<script>alert(document.domain)</script>",
    "at 1763800000123 rate 5000.25",
    "../../../../etc/passwd",
    "the basic idea of a token bucket",
    "/api/v1/Users/List2/Something",
  ];
  expect(redactAll(ordinary)).toEqual(ordinary);
});

it("writes control and other bytes as escapes, so that the result is printable ASCII", () => {
  const [terminal, breaks, letters] = redactAll(["\u001b[31mred\u0007", "a\r\nb\0c", "grün 日本"]);
  expect(terminal).toBe("\\x1b[31mred\\x07");
  expect(breaks).toBe("a\\x0d\\x0ab\\x00c");
  expect(letters).toBe("gr\\xc3\\xbcn \\xe6\\x97\\xa5\\xe6\\x9c\\xac");
});
