import { describe, expect, it } from "vitest";
import { bytesOf } from "../../agent/src/hot-patch/bytes.ts";
import {
  compile,
  conditionSchema,
  type HotPatch,
  isInShare,
  matches,
  type PatchRequest,
} from "../../agent/src/hot-patch/index.ts";
import { seeded } from "../../demo/random.ts";
import { HOSTILE_STRINGS } from "../support/hostile-strings.ts";
import { someRequest, someTree } from "./generate.ts";
import { type LuaCase, runInLua } from "./run-lua.ts";

const TREES = 400;
const REQUESTS = 15;
const BASE: Omit<HotPatch, "when"> = { id: "a1", expires_at: 2_000, status: 403, share: 1 };
const REQUEST: PatchRequest = { method: "GET", path: "/", query: "", headers: {}, body: "", client: "203.0.113.7" };
const ALWAYS = { field: "path", exists: true } as const;

describe("a hot patch in Lua and its preview in TypeScript", () => {
  it.each([1, 20_26, 77])("agree on generated conditions and requests (seed %i)", (seed) => {
    const random = seeded(seed);
    const trees = Array.from({ length: TREES }, () => conditionSchema.parse(someTree(random)));
    const cases = trees.flatMap((when, i) => {
      const share = random.pick([1, 1, 0.5]);
      const code = compile({ ...BASE, id: `p-${i}`, when, share });
      return Array.from({ length: REQUESTS }, () => ({
        when,
        share,
        id: `p-${i}`,
        code,
        request: someRequest(random),
      }));
    });
    const outcomes = runInLua(cases);
    expect(outcomes).toHaveLength(TREES * REQUESTS);
    let met = 0;
    for (const [i, { when, share, id, request }] of cases.entries()) {
      const isMet = matches(when, request);
      const stops = isMet && (share === 1 || isInShare(id, share, request.client));
      met += Number(isMet);
      const expected = {
        status: stops ? 403 : null,
        counted: Number(isMet),
        announced: Number(isMet),
        mark: stops ? id : null,
        warning: "",
      };
      expect(outcomes[i], JSON.stringify({ when, request, share })).toEqual(expected);
    }
    // A generator that meets everything, or nothing, would prove nothing.
    expect(met / cases.length).toBeGreaterThan(0.2);
    expect(met / cases.length).toBeLessThan(0.8);
  });

  it("agree on hostile strings, wherever they are written", () => {
    const cases = Object.values(HOSTILE_STRINGS).flatMap((hostile) => {
      const text = hostile.slice(0, 1_000);
      const value = encodeURIComponent(Buffer.from(text).toString());
      const request = { ...REQUEST, query: `q=${value}`, path: bytesOf(text), headers: { "x-key": bytesOf(text) } };
      const tests = [
        { field: "query", name: "q", equals: text },
        { field: "path", contains: text },
        { field: "path", in: [text] },
        { field: "path", wildcard: `${text.replaceAll("*", "")}*` },
        { field: "header", name: "X-Key", suffix: text },
        { field: "query", name: text.slice(0, 200), exists: false },
        { field: "body", name: text.slice(0, 200), exists: false },
      ];
      return tests.map((test) => {
        const when = conditionSchema.parse(test);
        return { when, request, code: compile({ ...BASE, when }) };
      });
    });
    const outcomes = runInLua(cases);
    const stopped = outcomes.map(({ status }) => status === 403);
    expect(stopped).toEqual(cases.map(({ when, request }) => matches(when, request)));
    expect(stopped.filter(Boolean).length).toBeGreaterThan(cases.length * 0.8);
    expect(outcomes.map(({ warning }) => warning).filter((warning) => warning !== "")).toEqual([]);
  });
});

describe("a hot patch", () => {
  const outcomeOf = (patch: Partial<HotPatch>, more: Partial<LuaCase> = {}) =>
    runInLua([{ code: compile({ ...BASE, when: ALWAYS, ...patch }), request: REQUEST, ...more }])[0]!;

  it("ends by its own clock", () => {
    expect(outcomeOf({}, { now: 1_999 }).status).toBe(403);
    expect(outcomeOf({}, { now: 2_000 })).toMatchObject({ status: null, counted: 0 });
  });

  it("only counts where it has no status, or no share", () => {
    expect(outcomeOf({ status: null })).toMatchObject({ status: null, counted: 1, mark: null });
    expect(outcomeOf({ share: 0 })).toMatchObject({ status: null, counted: 1 });
  });

  it("works without the plugin's dictionary, and counts nothing then", () => {
    expect(outcomeOf({}, { noDictionary: true })).toMatchObject({ status: 403, counted: 0, warning: "" });
  });

  it("keeps to its route or service on a wider scope", () => {
    const only = { route: "11111111-2222-4333-8444-555555555555" };
    expect(outcomeOf({ only }, { route: only.route }).status).toBe(403);
    expect(outcomeOf({ only }, { route: "other" }).status).toBeNull();
    expect(outcomeOf({ only }, {}).status).toBeNull();
    expect(outcomeOf({ only: { service: "s-1" } }, { service: "s-1" }).status).toBe(403);
  });

  it("lets the request pass and says so when it fails", () => {
    const request = { ...REQUEST, headers: null as unknown as PatchRequest["headers"] };
    const broken = compile({ ...BASE, when: ALWAYS }).replace("if not true", "local none = nil; none()\nif not true");
    expect(runInLua([{ code: broken, request: { ...request, headers: {} } }])[0]).toMatchObject({
      status: null,
      warning: expect.stringContaining("hot patch a1 failed"),
    });
  });

  it("hits more of the same sources as its share grows", () => {
    const clients = Array.from({ length: 2_000 }, (_, i) => `198.51.${Math.floor(i / 250)}.${i % 250}`);
    const hit = (share: number) => new Set(clients.filter((client) => isInShare("a1", share, client)));
    const [tenth, half] = [hit(0.1), hit(0.5)];
    expect([...tenth].every((client) => half.has(client))).toBe(true);
    expect(tenth.size / clients.length).toBeGreaterThan(0.05);
    expect(tenth.size / clients.length).toBeLessThan(0.16);
    expect(half.size / clients.length).toBeGreaterThan(0.4);
    expect(half.size / clients.length).toBeLessThan(0.6);
  });

  it.each(["", "a b", "x]] os.exit() --", "é"])("refuses the id %j", (id) => {
    expect(() => compile({ ...BASE, id, when: ALWAYS })).toThrow("letters, digits or hyphens");
  });

  it("refuses conditions without a comparison, with several, and too large ones", () => {
    const problems = [
      { field: "path" },
      { field: "path", equals: "/a", contains: "b" },
      { field: "client", in: ["203.0.113.0/33"] },
      { field: "header", equals: "x" },
      { all: [] },
      { any: Array.from({ length: 100 }, () => ({ any: Array.from({ length: 3 }, () => ALWAYS) })) },
    ];
    for (const problem of problems)
      expect(conditionSchema.safeParse(problem).success, JSON.stringify(problem)).toBe(false);
  });
});
