import { readFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ClaudeReply, type ClaudeServer, startClaudeServer } from "../../../test/support/claude-server.ts";
import { decideContext } from "../../../test/support/decide-context.ts";
import { HOSTILE_STRINGS } from "../../../test/support/hostile-strings.ts";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { emptyStore, openMemoryStore } from "../../../test/support/store.ts";
import { decide, parsePolicy } from "../policy/index.ts";
import type { Incident } from "../store/incidents.ts";
import type { Store } from "../store/open.ts";
import type { Advice } from "./advisor.ts";
import { type ClaudeOptions, createClaudeAdvisor } from "./claude.ts";
import { DECOY_PLAN } from "./prompt.ts";
import { classifyByRules } from "./rules.ts";

const policy = parsePolicy(readFileSync(new URL("../../policy.yaml", import.meta.url), "utf8"));
const good = {
  category: "api_ddos",
  severity: "high",
  confidence: "high",
  plan_id: "throttle_route",
  evidence_ids: ["counts"],
};

let server: ClaudeServer;
let store: Store;
beforeAll(async () => {
  store = await openMemoryStore();
});
afterAll(() => store.close());
afterEach(async () => {
  await server.close();
  await emptyStore(store);
});

async function advisorOn(replies: ClaudeReply[], options: Partial<ClaudeOptions> = {}) {
  server = await startClaudeServer(...replies);
  return advisorAgain(options);
}

/** Another agent, or the same one after a restart. */
const advisorAgain = (options: Partial<ClaudeOptions> = {}) =>
  createClaudeAdvisor({
    db: store.db,
    gateway: "edge",
    apiKey: "test-key",
    baseURL: server.url,
    timeout_ms: 300,
    maxRetries: 0,
    patience_ms: 10_000,
    ...options,
  });

const twoAnHour = () => ({ hour: { most: 2, reserved: {} }, day: { most: 9, reserved: {} } });

function decisionOf(incident: Incident) {
  const classification = classifyByRules(incident);
  return { incident, classification, decision: decide(incident, classification, policy, decideContext()) };
}

async function adviceOn(replies: ClaudeReply[], incident = someFlood(), options: Partial<ClaudeOptions> = {}) {
  const { classification, decision } = decisionOf(incident);
  return (await (await advisorOn(replies, options)).advise(incident, classification, decision)) as Advice;
}

describe("Claude's advice", () => {
  it("is a plan of the policy, asked for on the wire as the Messages API wants it", async () => {
    const advice = await adviceOn([{ answer: good }]);
    expect(advice).toMatchObject({ plan_id: "throttle_route", suspicious: false });
    const [{ headers, body }] = server.requests as [ClaudeServer["requests"][number]];
    expect(headers.authorization ?? headers["x-api-key"]).toContain("test-key");
    expect(headers["anthropic-version"]).toBeDefined();
    expect(body.output_config.format.type).toBe("json_schema");
    expect(body.output_config.format.schema.properties.plan_id.enum).toEqual(["throttle_route", "observe", DECOY_PLAN]);
    expect(body.messages).toHaveLength(1);
    expect(body.messages[0].role).toBe("user");
  });

  it("may be a veto", async () =>
    expect(await adviceOn([{ answer: { ...good, plan_id: "observe" } }])).toMatchObject({ plan_id: "observe" }));

  it.each<[string, ClaudeReply, string]>([
    ["is no JSON", { text: "I would throttle it." }, "agreed form"],
    ["is JSON of another form", { answer: { plan: "throttle_route" } }, "agreed form"],
    ["names a plan that is not offered", { answer: { ...good, plan_id: "block_everyone" } }, "agreed form"],
    ["names a category that does not exist", { answer: { ...good, category: "benign" } }, "agreed form"],
    ["says more than was asked", { answer: { ...good, target: "0.0.0.0/0" } }, "agreed form"],
    ["is empty", { text: "" }, "agreed form"],
    ["is refused", { stop: "refusal" }, "declined"],
    ["is refused after some text", { stop: "refusal", text: JSON.stringify(good) }, "declined"],
    ["is cut off", { stop: "max_tokens", text: '{"category":' }, "cut off"],
    ["is rate limited", { status: 429, type: "rate_limit_error", headers: { "retry-after": "60" } }, "status 429"],
    ["meets an overloaded service", { status: 529, type: "overloaded_error" }, "status 529"],
    ["meets a broken service", { status: 500 }, "status 500"],
    ["is not paid for", { status: 401, type: "authentication_error" }, "status 401"],
    ["never comes", "hang", "in time"],
    ["breaks off", "reset", "could not be reached"],
    ["is no message at all", { body: "<html>gateway</html>" }, "could not be used"],
  ])("that %s leaves the decision to the rules, and says why", async (_name, reply, note) => {
    const advice = await adviceOn([reply]);
    expect(advice).toMatchObject({ plan_id: null, suspicious: false });
    expect(advice.note).toContain(note);
  });

  it("that follows the attacker's text is recognised by the plan that nobody offered for real", async () => {
    expect(await adviceOn([{ answer: { ...good, plan_id: DECOY_PLAN } }])).toMatchObject({
      plan_id: null,
      suspicious: true,
    });
  });

  it("is tried once more after a passing failure", async () => {
    const replies: ClaudeReply[] = [{ status: 529, headers: { "retry-after-ms": "1" } }, { answer: good }];
    expect(await adviceOn(replies, someFlood(), { maxRetries: 1, timeout_ms: 5_000 })).toMatchObject({
      plan_id: "throttle_route",
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe("Claude is asked", () => {
  it("only when the case is ambiguous or its plan costly", async () => {
    const clear = someIncident();
    const advice = await adviceOn([{ answer: good }], clear);
    expect(advice.note).toContain("clear");
    expect(server.requests).toHaveLength(0);
  });

  it("once for the same question", async () => {
    const advisor = await advisorOn([{ answer: good }]);
    const { incident, classification, decision } = decisionOf(someFlood());
    for (let i = 0; i < 3; i++)
      expect((await advisor.advise(incident, classification, decision))?.plan_id).toBe("throttle_route");
    expect(server.requests).toHaveLength(1);
  });

  it("within the hour's budget", async () => {
    let now = 1;
    const advisor = await advisorOn([{ answer: good }], { limits: twoAnHour, now: () => now });
    const ask = () => {
      const { incident, classification, decision } = decisionOf(someFlood());
      return advisor.advise(incident, classification, decision) as Promise<Advice>;
    };
    await ask();
    await ask();
    expect((await ask()).note).toContain("budget");
    expect(server.requests).toHaveLength(2);
    now = 3_600_002;
    expect((await ask()).plan_id).toBe("throttle_route");
  });

  it("within one budget by all agents of a gateway, of which decoys leave the share of what is critical", async () => {
    const limits = () => ({ hour: { most: 4, reserved: { critical: 0.5 } }, day: { most: 9, reserved: {} } });
    const agents = [await advisorOn([{ answer: good }], { limits }), advisorAgain({ limits })];
    const ask = (of: number, severity: "low" | "critical") => {
      const { incident, classification, decision } = decisionOf(someFlood());
      return agents[of]!.advise(incident, { ...classification, severity }, decision) as Promise<Advice>;
    };
    const decoys = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i % 2, "low")));
    expect(decoys.filter(({ plan_id }) => plan_id !== null)).toHaveLength(2);
    expect((await ask(0, "low")).note).toContain("used up at severity low");
    agents.push(advisorAgain({ limits }), advisorAgain({ limits, gateway: "another" }));
    expect((await ask(2, "low")).note).toContain("used up at severity low");
    expect((await ask(2, "critical")).plan_id).toBe("throttle_route");
    expect((await ask(1, "critical")).plan_id).toBe("throttle_route");
    expect((await ask(0, "critical")).note).toContain("used up at severity critical");
    expect((await ask(3, "low")).plan_id).toBe("throttle_route");
  });

  it("not for a while after it failed three times in a row", async () => {
    let now = 0;
    const advisor = await advisorOn([{ status: 500 }], { now: () => now });
    const ask = () => {
      const { incident, classification, decision } = decisionOf(someFlood());
      return advisor.advise(incident, classification, decision) as Promise<Advice>;
    };
    for (let i = 0; i < 5; i++) await ask();
    expect(server.requests).toHaveLength(3);
    now = 300_001;
    await ask();
    expect(server.requests).toHaveLength(4);
  });
});

describe("a slow answer", () => {
  const slowly = () => {
    let give: () => void = () => undefined;
    const once = new Promise<void>((resolve) => {
      give = resolve;
    });
    return { give: () => give(), reply: { answer: { ...good, plan_id: "observe" }, once } };
  };
  const sure = { confidence: 0.9, severity: "medium" } as const;
  const patience = { timeout_ms: 20_000, patience_ms: 20 };

  it.each([
    ["the rules are sure", sure],
    ["much is at stake", { confidence: 0.6, severity: "high" } as const],
  ])("is not waited for where %s", async (_where, certainty) => {
    const { give, reply } = slowly();
    const { incident, classification, decision } = decisionOf(someFlood());
    const advisor = await advisorOn([reply], patience);
    const ask = () => advisor.advise(incident, { ...classification, ...certainty }, decision);
    expect(await ask()).toMatchObject({ plan_id: null, note: expect.stringContaining("has not answered yet") });
    give();
    await expect.poll(ask).toMatchObject({ plan_id: "observe" });
    expect(server.requests).toHaveLength(1);
  });

  it("is waited for where the rules are not, without a job that stands still meanwhile", async () => {
    const { give, reply } = slowly();
    const { incident, classification, decision } = decisionOf(someFlood());
    const told: string[] = [];
    const advisor = await advisorOn([reply], { ...patience, onAdvice: (id) => void told.push(id) });
    const ask = () => advisor.advise(incident, { ...classification, ...sure, confidence: 0.6 }, decision);
    expect([await ask(), await ask(), told]).toEqual([null, null, []]);
    give();
    await expect.poll(() => told).toEqual([incident.id]);
    expect(await ask()).toMatchObject({ plan_id: "observe" });
    expect([server.requests.length, told]).toEqual([1, [incident.id]]);
  });
});

describe("what Claude gets to read", () => {
  const sample = (window: string, field = "query:q") => ({
    at: 1,
    ip: "203.0.113.7",
    method: "GET",
    path: "/search",
    user_agent: "curl",
    status: 200,
    score: 90,
    field,
    window,
  });

  it("holds no address, route, secret or control character, and at most three short excerpts", async () => {
    const hostile = Object.values(HOSTILE_STRINGS);
    const windows = [`password=hunter2-horse ${"x".repeat(400)}`, ...hostile];
    for (let i = 0; i < windows.length; i += 4) {
      const incident = someFlood({
        samples: windows.slice(i, i + 4).map((window) => sample(window, window.slice(0, 20))),
      });
      await adviceOn([{ answer: good }], incident);
      const { system, messages } = (server.requests[0] as ClaudeServer["requests"][number]).body;
      const asked = JSON.parse(messages[0].content);
      expect(JSON.stringify(system)).not.toContain(JSON.stringify(windows[i]).slice(1, -1));
      expect(asked.excerpts.length).toBeLessThanOrEqual(3);
      for (const { text, field } of asked.excerpts) {
        expect(text.length).toBeLessThanOrEqual(160);
        expect(`${text}${field}`).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }
      for (const secret of ["hunter2", "198.51.100.", "203.0.113.", "r-search"])
        expect(messages[0].content).not.toContain(secret);
      await server.close();
    }
  });
});
