import { describe, expect, it } from "vitest";
import { seeded } from "../demo/random.ts";
import { findCarrier } from "./carrier.ts";
import { generateAttacks } from "./generators/index.ts";
import { mutateGreedily } from "./mutation.ts";
import type { Draft } from "./request.ts";
import { TRANSFORMS } from "./transforms.ts";

const base: Draft = { method: "GET", path: "/", query: "", headers: { Host: "a.example" }, body: "" };
const payload = "1' UNION SELECT a, b FROM users--";
const inQuery: Draft = { ...base, query: `page=2&q=${encodeURIComponent(payload)}` };

const transform = (name: string) => TRANSFORMS.find((one) => one.name === name)!;
const apply = (name: string, request = inQuery) => transform(name).apply(seeded(1), request, "sqli")!;

describe("the carrier of a payload", () => {
  const json = {
    ...base,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ a: [1, { b: payload }], c: "x" }),
  };
  const form = {
    ...base,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `a=1&b=${encodeURIComponent(payload)}`,
  };

  it.each([
    ["a query", inQuery],
    ["JSON", json],
    ["a form", form],
  ])("is found in %s, and takes another value", (_, request) => {
    const carrier = findCarrier(request)!;
    expect(carrier.value).toBe(payload);
    expect(findCarrier(carrier.put("something quite different & long = 5 'x'%"))!.value).toBe(
      "something quite different & long = 5 'x'%",
    );
  });

  it("leaves the rest of the request as it is", () => {
    expect(findCarrier(inQuery)!.put("x").query).toBe("page=2&q=x");
    expect(JSON.parse(findCarrier(json)!.put("x").body)).toEqual({ a: [1, { b: "x" }], c: "x" });
  });

  it("is not there without values, and survives bytes that are no UTF-8", () => {
    expect(findCarrier(base)).toBeUndefined();
    expect(findCarrier({ ...base, query: "q=%ff%zz%" })!.value).toBe("\xff%zz%");
  });
});

describe("transforms", () => {
  it("encode once more and twice more", () => {
    const once = findCarrier(apply("one more URL encoding"))!.value;
    expect(decodeURIComponent(once)).toBe(payload);
    const twice = findCarrier(apply("two more URL encodings"))!.value;
    expect(decodeURIComponent(decodeURIComponent(twice))).toBe(payload);
  });

  it("write entities, escapes, full-width letters and base64 that lead back to the payload", () => {
    const entities = findCarrier(apply("HTML entities"))!.value;
    expect(
      entities.replace(/&#(x?)(\w+);/g, (_, hex, code) => String.fromCharCode(Number.parseInt(code, hex ? 16 : 10))),
    ).toBe(payload);
    const escapes = findCarrier(apply("JavaScript escapes"))!.value;
    expect(JSON.parse(`"${escapes}"`)).toBe(payload);
    expect(findCarrier(apply("full-width"))!.value.normalize("NFKC")).toBe(payload);
    expect(Buffer.from(findCarrier(apply("base64"))!.value, "base64").toString()).toBe(payload);
  });

  it("pad with prose, far enough to leave every window", () => {
    expect(findCarrier(apply("prose on both sides"))!.value.indexOf(payload)).toBeGreaterThan(300);
    const long = apply("8 KB prefix");
    expect(long.method).toBe("POST");
    expect(findCarrier(long)!.value.indexOf(payload)).toBeGreaterThan(8192);
  });

  it("put comments into SQL only", () => {
    expect(findCarrier(apply("inline comments"))!.value).toBe(payload.replaceAll(" ", "/**/"));
    expect(transform("inline comments").apply(seeded(1), inQuery, "xss")).toBeUndefined();
  });

  it.each(TRANSFORMS)("$name writes requests that could be sent, the same for the same seed", ({ apply: run }) => {
    for (const request of generateAttacks(seeded(7), 150)) {
      const one = run(seeded(9), request, request.class);
      expect(one).toEqual(run(seeded(9), request, request.class));
      if (one === undefined) continue;
      expect(one.path + one.query).toMatch(/^[!-~]*$/);
      expect(Object.values(one.headers).join("")).not.toMatch(/[\0\r\n]/);
      expect(one).not.toBe(request);
    }
  });
});

describe("greedy mutation", () => {
  const attacks = [{ request: inQuery, payloadClass: "sqli" }];
  /** Sees two spaces and knows nothing else. */
  const judge = async (requests: Draft[]) =>
    requests.map((request) => {
      const score = findCarrier(request)!.value.split(" ").length - 1;
      return { score, caught: score > 2 };
    });

  it("finds the way around a filter that it can question", async () => {
    const [mutated] = await mutateGreedily(seeded(2), attacks, { judge, edits: 50, candidates: 6 });
    expect(mutated!.caught).toBe(false);
    expect(mutated!.edits).toBeLessThanOrEqual(50);
    expect(findCarrier(mutated!.request)!.value).not.toBe(payload);
  });

  it("gives up after its edits", async () => {
    const always = async (requests: Draft[]) => requests.map(() => ({ score: 1, caught: true }));
    const [mutated] = await mutateGreedily(seeded(2), attacks, { judge: always, edits: 7, candidates: 2 });
    expect(mutated).toMatchObject({ caught: true, edits: 7 });
  });

  it("leaves alone what is not caught", async () => {
    const never = async (requests: Draft[]) => requests.map(() => ({ score: 0, caught: false }));
    const [mutated] = await mutateGreedily(seeded(2), attacks, { judge: never, edits: 7, candidates: 2 });
    expect(mutated).toEqual({ request: inQuery, caught: false, edits: 0 });
  });
});
