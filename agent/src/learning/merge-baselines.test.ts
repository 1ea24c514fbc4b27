import { describe, expect, it } from "vitest";
import { IMPORTED, mergeBaselines, type ReportedBaseline } from "./merge-baselines.ts";

function report(node: string, rate: number, hours: number, at = 0): ReportedBaseline {
  const known = (value: number) => Array.from({ length: 24 }, (_, hour) => (hour < hours ? value : 0));
  const baseline = { name: "r", seconds: 900, usual: rate, peak: rate, rates: known(rate), days: known(3) };
  return { node, baseline, reported_at: at };
}

describe("baselines of several nodes", () => {
  it("become their median, so that one node that lies moves nothing", () => {
    const { baseline, reported_at } = mergeBaselines([
      report("a", 10, 24, 5),
      report("b", 12, 24),
      report("c", 9e5, 24),
    ]);
    expect(baseline).toMatchObject({ usual: 12, peak: 12 });
    expect(baseline.rates[0]).toBe(12);
    expect(reported_at).toBe(5);
    expect(mergeBaselines([report("a", 10, 24), report("liar", 9e5, 24)]).baseline.usual).toBe(10);
  });

  it("know each hour that one of them knows", () => {
    const { baseline } = mergeBaselines([report("a", 10, 4), report("b", 20, 8)]);
    expect([baseline.rates[0], baseline.rates[6], baseline.days[6], baseline.days[10]]).toEqual([10, 20, 3, 0]);
  });

  it("are filled in with what was imported, and that counts alone only while no node has reported", () => {
    const imported = report(IMPORTED, 500, 24);
    const { baseline } = mergeBaselines([imported, report("a", 10, 4)]);
    expect([baseline.usual, baseline.rates[0], baseline.rates[6]]).toEqual([10, 10, 500]);
    expect(mergeBaselines([imported]).baseline.usual).toBe(500);
  });
});
