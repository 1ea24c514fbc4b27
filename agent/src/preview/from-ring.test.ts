import { expect, it } from "vitest";
import { someIncident } from "../../../test/support/incident.ts";
import type { RecentRequest } from "../store/request-ring.ts";
import { recordedFrom } from "./from-ring.ts";

const T0 = 1_790_000_000_000;
const ATTACKER = "203.0.113.7";
const recent = (more: Partial<RecentRequest> = {}): RecentRequest => ({
  at: T0,
  weight: 1,
  method: "GET",
  path: "/search",
  ip: ATTACKER,
  status: 200,
  source: "service",
  verdict: "allow",
  headers: [],
  latency_ms: 3,
  query: [],
  body_bytes: 0,
  ...more,
});
// A few good requests, so that not all of the address is an attack anyway.
const counts = { ...someIncident().counts, requests: 100, good: 30 };
const flood = (more = {}) =>
  someIncident({ category: "api_ddos", subject_value: ATTACKER, first_seen_at: T0, sources: [], counts, ...more });
const attacksIn = (requests: RecentRequest[], incident: ReturnType<typeof someIncident> | null) =>
  recordedFrom(requests, incident, 0).map(({ attack }) => attack);

it("takes what a flooding address sent right before it was too much for the flood, and what it sent earlier not", () => {
  const requests = [recent({ at: T0 - 60_000 }), recent({ at: T0 - 2_000 }), recent({ at: T0 + 1_000 })];
  expect(attacksIn(requests, flood())).toEqual([false, true, true]);
  expect(attacksIn(requests, someIncident({ subject_value: ATTACKER, first_seen_at: T0, counts }))).toEqual([
    false,
    false,
    false,
  ]);
});

it("takes eager sources of a flooded route for the flood, and none that was stopped now and then", () => {
  const sources = [
    { ip: ATTACKER, count: 40 },
    { ip: "192.0.2.4", count: 3 },
  ];
  const incident = flood({ subject_kind: "route", subject_value: "r", sources });
  expect(attacksIn([recent(), recent({ ip: "192.0.2.4" })], incident)).toEqual([true, false]);
});

it("leaves out what was refused without being an attack, and takes an address for one that sends hardly anything else", () => {
  const attack = recent({ ip: "198.51.100.9", verdict: "block", category: "payload_injection", status: 403 });
  const requests = [recent({ status: 401 }), attack, recent({ ip: "198.51.100.9" })];
  expect(attacksIn(requests, null)).toEqual([true, true]);
});
