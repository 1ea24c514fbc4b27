import { addressOf, browserOf } from "../crowd.ts";
import { login, people, stuffing } from "../login-crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

const shared = { category: "credential_stuffing", routes: [login] } satisfies Partial<Scenario>;

/** 3,000 addresses, each of which tries every four minutes: no address has a second failure before the alarm. */
export const slowStuffing: Scenario = {
  ...shared,
  name: "stuffing from 3,000 addresses at one attempt in four minutes",
  seconds: 1800,
  begins: 300,
  actors: (random) => [
    people(random, 60, 0.03),
    stuffing(random, { rate: 3000 / 240, begins: 300, addressOf: (i) => addressOf(145, i % 3000), clientOf: (i) => i }),
  ],
  targets: { detected: 300, passed: 10, harmed: 0 },
};

/** Each attempt with another agent, other languages and other encodings. */
export const changingAgents: Scenario = {
  ...shared,
  name: "stuffing from 1,000 addresses with agents that change",
  seconds: 900,
  begins: 180,
  actors: (random) => {
    const attack = stuffing(random, {
      rate: 1000 / 90,
      begins: 180,
      addressOf: (i) => addressOf(145, i % 1000),
      clientOf: (i) => i,
    });
    let sent = 0;
    const changed = (request: SimulatedRequest): SimulatedRequest => ({
      ...request,
      agent: `${browserOf(sent)} build/${sent++}`,
      headers: { ...request.headers, "accept-language": `x${sent % 97},en;q=0.5` },
    });
    return [people(random, 80, 0.03), { send: (from, to) => attack.send(from, to).map(changed) }];
  },
  targets: { detected: 180, passed: 10, harmed: 0 },
};

/** Prefixes of 64 bits, one for each attempt, of one network of 48. */
export const wideIpv6: Scenario = {
  ...shared,
  name: "stuffing from a /48, with a /64 for each attempt",
  seconds: 900,
  begins: 180,
  actors: (random) => [
    people(random, 40, 0.03, 4000),
    stuffing(random, {
      rate: 5,
      begins: 180,
      addressOf: (i) => `2001:db8:77:${(i & 0xffff).toString(16)}::${(i % 7) + 1}`,
      clientOf: (i) => i,
    }),
  ],
  targets: { detected: 180, passed: 10, harmed: 0 },
};

export const narrowIpv6: Scenario = {
  ...shared,
  name: "stuffing from one /64, with an address for each attempt",
  seconds: 600,
  begins: 180,
  actors: (random) => [
    people(random, 40, 0.03, 4000),
    stuffing(random, {
      rate: 1,
      begins: 180,
      addressOf: (i) => `2001:db8:78:1::${(i & 0xffff).toString(16)}`,
      clientOf: (i) => i,
    }),
  ],
  targets: { detected: 60, passed: 10, harmed: 0 },
};

/** One attempt an hour for each of 3,600 users, from 300 addresses. */
export const hourlySpraying: Scenario = {
  ...shared,
  name: "spraying of one attempt an hour for each user, from 300 addresses",
  seconds: 3600,
  begins: 600,
  actors: (random) => [
    people(random, 8, 0.03, 3600),
    stuffing(random, { rate: 1, begins: 600, addressOf: (i) => addressOf(145, i % 300), clientOf: (i) => i }),
  ],
  targets: { detected: 900, passed: 10, harmed: 0 },
};

/** Phones that get another /64 with each connection, all in one /48 of their carrier: none is known where it comes from. */
export const carrierIpv6: Scenario = {
  name: "mobile carrier with a /64 for each connection",
  seconds: 900,
  begins: 120,
  routes: [login],
  actors: (random) => {
    let sent = 0;
    const phones = people(random, 10, 0.05, 4000);
    const moved = (request: SimulatedRequest): SimulatedRequest => ({
      ...request,
      ip: `2001:db8:79:${(sent++ & 0xffff).toString(16)}::1`,
    });
    return [people(random, 20, 0.03, 4000), { send: (from, to) => phones.send(from, to).map(moved) }];
  },
  targets: { harmed: 0 },
};

const OFFICE = "93.184.1.1";

/** Somebody behind an office's address tries stolen passwords, while 600 colleagues log in there as ever. */
export const behindNat: Scenario = {
  ...shared,
  name: "stuffing from behind an office's address",
  seconds: 1200,
  begins: 600,
  actors: (random) => {
    const office = people(random, 1.5, 0.03, 600);
    const moved: Actor = { send: (from, to) => office.send(from, to).map((one) => ({ ...one, ip: OFFICE })) };
    return [
      people(random, 20, 0.03, 4000),
      moved,
      stuffing(random, { rate: 2, begins: 600, addressOf: () => OFFICE, clientOf: () => 3 }),
    ];
  },
  // People whom the office's address never saw before wait out the window with the attacker.
  targets: { detected: 120, passed: 15, harmed: 2 },
};
