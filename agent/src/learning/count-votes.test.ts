import { describe, expect, test } from "vitest";
import { proposeThreshold } from "../../../contract/learning.ts";
import type { LearnedVoteRow } from "../store/learned.ts";
import { countScores, countSignature } from "./count-votes.ts";

const LIMITS = { block: 70, max_threshold: 85, min_requests: 2000, stopped_share: 0.001 };

function votes(count: number, of: (i: number) => Partial<LearnedVoteRow> = () => ({})): LearnedVoteRow[] {
  return Array.from({ length: count }, (_, i) => ({
    gateway: "default",
    kind: "signature",
    route_id: "r",
    field: "query:q",
    signature: "00000000",
    voter: `voter ${i}`,
    network: `network ${i}`,
    consumer: true,
    score: 75,
    day: i % 2,
    at: i,
    ...of(i),
  }));
}

describe("a signature is approved", () => {
  test.each([
    ["by 20 consumers of many networks over two days", votes(20), true],
    ["not by 19", votes(19), false],
    ["not on one day, however many they are", votes(200, () => ({ day: 1 })), false],
    ["not from two networks", votes(200, (i) => ({ network: `network ${i % 2}` })), false],
    ["not by addresses", votes(200, () => ({ consumer: false })), false],
    ["not by known attacks", votes(200, () => ({ score: 90 })), false],
  ])("%s", (_name, cast, expected) => {
    expect(countSignature(cast).isApproved).toBe(expected);
  });

  test("up to the highest score among those that count", () => {
    const cast = votes(30, (i) => ({ score: i === 7 ? 88 : i === 8 ? 95 : 72 }));
    expect(countSignature(cast)).toMatchObject({ clients: 29, score: 88 });
  });
});

describe("a threshold", () => {
  const clients = (count: number, score: number) => votes(count, () => ({ kind: "threshold", score }));

  test.each([
    ["is not proposed before enough is known", 1999, clients(50, 75), undefined],
    ["stays when few enough would be stopped", 10_000, clients(10, 75), 70],
    ["rises above what more would be stopped by", 10_000, clients(11, 75), 76],
    ["rises no further than its cap", 10_000, clients(100, 88), 85],
    ["stays for fewer than five clients, however few requests there are", 2000, clients(4, 75), 70],
    ["does not rise for one network", 2000, votes(90, () => ({ kind: "threshold", network: "one" })), 70],
    ["does not rise for known attacks", 2000, clients(500, 90), 70],
    ["is never below the shipped one", 10_000, clients(500, 60), 70],
  ])("%s", (_name, requests, cast, expected) => {
    expect(countScores(cast, requests, LIMITS)?.threshold).toBe(expected);
  });

  test("leaves at most the wanted share above it", () => {
    const spread = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [70 + i, 3]));
    const threshold = proposeThreshold(LIMITS, 10_000, spread)!;
    expect(threshold).toBe(85);
    expect(proposeThreshold({ ...LIMITS, max_threshold: 89 }, 10_000, spread)).toBe(87);
  });
});
