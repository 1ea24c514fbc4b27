import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ENCODINGS, PLANTED } from "../../../test/support/planted-secrets.ts";
import { DECODERS, unwrapBase64, unwrapToken } from "./decode.ts";
import { redact, redactText } from "./redact.ts";

/** Everything a reader could get out of the text by undoing usual encodings. */
function readings(text: string): string[] {
  const found = [text];
  for (let i = 0; i < found.length && found.length < 200; i++) {
    const current = found[i] ?? "";
    const tokens = current.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? [];
    const inner = tokens
      .flatMap((token) => [token, ...token.split("/")])
      .flatMap((token) => [unwrapToken(token), unwrapBase64(token)]);
    for (const next of [...DECODERS.map((decode) => decode(current)), current.replaceAll("+", " "), ...inner]) {
      if (next !== null && !found.includes(next)) found.push(next);
    }
  }
  return found;
}

const kinds = new Set(PLANTED.map((planted) => planted.kind));

describe("redactText", () => {
  it("is tried with at least 60 kinds", () => expect(kinds.size).toBeGreaterThanOrEqual(60));

  for (const [encoding, encode] of Object.entries(ENCODINGS)) {
    it.each(PLANTED)(`leaves nothing of a planted $kind (${encoding})`, ({ text, needle }) => {
      const redacted = redactText(encode(text));
      for (const reading of readings(redacted)) expect(reading).not.toContain(needle);
    });
  }

  it("the readings find every secret before redaction, so that the suite can fail", () => {
    for (const [encoding, encode] of Object.entries(ENCODINGS)) {
      const unseen = PLANTED.filter(
        ({ text, needle }) => !readings(encode(text)).some((reading) => reading.includes(needle)),
      );
      expect(
        unseen
          .map((planted) => `${planted.kind}, ${encoding}`)
          .filter((name) => !/quote|form-encoded|connect.sid|basic header|base64 in a path/.test(name)),
      ).toEqual([]);
    }
  });

  it.each([
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
  ])("leaves ordinary text alone: %s", (text) => expect(redactText(text)).toBe(text));

  it("leaves ids and hashes alone, whatever their digits", () => {
    for (let i = 0; i < 3_000; i++) {
      const hash = createHash("sha256").update(`id ${i}`).digest("hex");
      const uuid = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
      for (const id of [hash, hash.slice(0, 32), uuid, `d-${uuid}`]) expect(redactText(id)).toBe(id);
    }
  });

  it("is stable: what was redacted once is not changed again", () => {
    for (const { text } of PLANTED) expect(redactText(redactText(text))).toBe(redactText(text));
  });

  it.each([
    ["percent signs", "%25".repeat(200_000)],
    ["backslashes", '\\"'.repeat(200_000)],
    ["digits", "4 ".repeat(200_000)],
    ["almost base64", `${"A".repeat(400_000)}=`],
    ["almost mail", "a.".repeat(200_000)],
    ["almost a key", "-----BEGIN ".repeat(40_000)],
    ["almost pairs", "password".repeat(50_000)],
    ["almost jwt", "eyJaaaaaa.".repeat(40_000)],
    ["separators", 'a="'.repeat(130_000)],
    ["slashes", "a/".repeat(200_000)],
  ])("ends on long hostile input and caps what it returns: %s", (_name, text) => {
    expect(redactText(text).length).toBeLessThan(40_000);
  });

  it("does not show the beginning of a secret that the length limit cut", () => {
    const secret = `ghp_${"Q7".repeat(18)}`;
    const text = `${"x ".repeat(8_185)}${secret} ${"y".repeat(100)}`;
    expect(redactText(text)).not.toContain("Q7Q7");
  });
});

describe("redact", () => {
  it("masks by name, in depth, in header pairs and in keys", () => {
    const redacted = redact({
      user: { password: "p-1", pin: 1234, list: [{ name: "Authorization", value: "v-2" }] },
      "alice@example.org": 1,
      headers: new Map([["cookie", "c-3"]]),
      error: new Error("token=e-4"),
      bytes: Buffer.from("password=b-5"),
      count: 7,
    });
    const text = JSON.stringify(redacted);
    for (const secret of ["p-1", "1234", "v-2", "alice@", "c-3", "e-4", "b-5"]) expect(text).not.toContain(secret);
    expect(redacted).toMatchObject({ count: 7 });
  });

  it("ends on cycles, deep nesting and prototype names", () => {
    const cycle: Record<string, unknown> = { a: 1 };
    cycle.self = cycle;
    expect(redact(cycle)).toEqual({ a: 1, self: "[seen before]" });
    let deep: unknown = "password=deep";
    for (let i = 0; i < 1_000; i++) deep = { deep };
    expect(JSON.stringify(redact(deep))).not.toContain("=deep");
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(redact(JSON.parse('{"__proto__":{"polluted":1}}')))).toBe(Object.prototype);
  });
});
