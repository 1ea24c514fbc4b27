import { describe, expect, it } from "vitest";
import { configurationOf } from "../../drivers/canonical.ts";
import type { Configuration, Entity } from "../../drivers/gateway.ts";
import { diffConfigurations } from "../history/diff.ts";
import type { Slowness } from "../symptom/watch-latency.ts";
import { attribute, type Symptom } from "./attribute.ts";

const NOW = 1_763_800_000_000;
const SERVICE: Entity = { id: "s", name: "shop", host: "shop.internal", retries: 5, connect_timeout: 60_000 };
const of = (service: Partial<Entity> = {}, plugins: Entity[] = []): Configuration =>
  configurationOf({
    services: [{ ...SERVICE, ...service }],
    routes: [{ id: "r", name: "search", service: { id: "s" } }],
    plugins,
  });
const plugin = (name: string): Entity => ({ id: "p", name, route: { id: "r" }, config: {}, enabled: true });

function judged(side: Slowness["side"], after: Configuration) {
  const symptom: Symptom = {
    onset: NOW + 5_000,
    routes: ["r"],
    answers: [{ source: "service", status: 200, count: 500 }],
    slow: { over_ms: 512, side },
    others: [{ route: "other", before: 0, since: 0 }],
    known_good: { seen: 20, hit: 20 },
    surge: 1,
    suspicious: 0,
    upstream_p95_ms: 64,
  };
  const before = of();
  return attribute(symptom, [{ id: "c", applied_at: NOW, diffs: diffConfigurations(before, after), before, after }]);
}

describe("slow requests", () => {
  it.each<[string, Slowness["side"], Configuration]>([
    ["Kong's time to a plugin that was added", "gateway", of({}, [plugin("request-validator")])],
    ["the service's time to a host that changed", "service", of({ host: "far.internal" })],
    ["Kong's time to more retries", "gateway", of({ retries: 50 })],
    ["the service's time to longer timeouts", "service", of({ connect_timeout: 600_000 })],
  ])("are put down by %s, and proposed only", (_name, side, after) => {
    const verdict = judged(side, after);
    expect(verdict.kind).toBe("propose");
    expect(verdict.suspects[0]?.change).toBe("c");
    expect(verdict.reasons).toContain("slow answers are taken back by a human only");
  });

  it.each<[string, Slowness["side"], Configuration]>([
    ["a plugin that only tags requests", "gateway", of({}, [plugin("correlation-id")])],
    ["a plugin, where the service takes the time", "service", of({}, [plugin("request-validator")])],
    ["tags", "service", of({ tags: ["team-a"] })],
    ["another name", "gateway", of({ name: "store" })],
  ])("are no fault of %s", (_name, side, after) => {
    const verdict = judged(side, after);
    expect(verdict.kind).toBe("not_configuration");
    expect(verdict.reasons[0]).toMatch(side === "service" ? "the service itself got slow" : "Kong itself got slow");
  });
});
