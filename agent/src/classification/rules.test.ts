import { describe, expect, it } from "vitest";
import { CATEGORIES } from "../../../contract/categories.ts";
import { someFlood, someIncident } from "../../../test/support/incident.ts";
import { classifyByRules } from "./rules.ts";

const counts = someIncident().counts;
const injection = (changes: Partial<typeof counts>, payloadClass: "sqli" | "xss" = "sqli", score = 90) =>
  classifyByRules(
    someIncident({ category: "payload_injection", class: payloadClass, score, counts: { ...counts, ...changes } }),
  );
const stuffing = (changes: Partial<typeof counts>) =>
  classifyByRules(someIncident({ counts: { ...counts, ...changes } }));

describe("classifyByRules", () => {
  it.each(CATEGORIES)("gives %s a severity, a confidence between 0 and 1, and reasons with figures", (category) => {
    const classification = classifyByRules(someIncident({ category }));
    expect(classification).toMatchObject({ by: "rules", category });
    expect(classification.confidence).toBeGreaterThan(0);
    expect(classification.confidence).toBeLessThan(1);
    expect(classification.reasons.join()).toMatch(/\d/);
  });

  it("takes payloads that execute and got through more seriously than ones that were stopped", () => {
    expect(injection({ requests: 5, passed: 5 }).severity).toBe("critical");
    expect(injection({ requests: 5, passed: 5 }, "xss").severity).toBe("high");
    expect(injection({ requests: 5, passed: 0, stopped: 5 }).severity).toBe("medium");
    expect(injection({ requests: 5, passed: 0, stopped: 5 }, "sqli", 30).severity).toBe("low");
  });

  it("is surer the more repeated the evidence, and less sure the more good traffic stands behind it", () => {
    const once = injection({ requests: 1 }).confidence;
    const often = injection({ requests: 30 }).confidence;
    const shared = injection({ requests: 30, good: 300 }).confidence;
    expect(often).toBeGreaterThan(once);
    expect(shared).toBeLessThan(often);
  });

  it("sees stuffing by many users, many addresses and failures, and hardly any in one forgotten password", () => {
    const campaign = stuffing({ requests: 600, distinct_users: 400, failures: 590, passed: 600 });
    expect(campaign.severity).toBe("critical");
    expect(campaign.confidence).toBeGreaterThanOrEqual(0.75);
    const forgotten = stuffing({ requests: 6, distinct_users: 1, failures: 5, passed: 6 });
    expect(forgotten.severity).toBe("low");
    expect(forgotten.confidence).toBeLessThan(0.6);
  });

  it("wants a human to look at a possible takeover, and is not sure enough of it to act", () => {
    const once = { ...counts, requests: 1, passed: 1, stopped: 0, failures: 0, distinct_users: 1, distinct_ips: 1 };
    const takeover = someIncident({ subject_kind: "user", subject_value: "0123456789abcdef", score: 60, counts: once });
    expect(classifyByRules(takeover)).toMatchObject({ severity: "high", confidence: 0.5 });
  });

  it("measures a flood by what reached the service", () => {
    expect(classifyByRules(someFlood({ counts: { ...counts, requests: 20_000, passed: 20_000 } })).severity).toBe(
      "critical",
    );
    expect(classifyByRules(someFlood({ counts: { ...counts, requests: 20_000, passed: 0 } })).severity).toBe("high");
    expect(classifyByRules(someFlood({ counts: { ...counts, requests: 20, passed: 20 } })).severity).toBe("low");
  });
});
