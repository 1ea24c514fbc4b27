import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

/** Many requests of few addresses that are no attack, and those that only pretend to be many people. */
const item = (random: Random) => `/shop/items/${random.between(1, 4000)}`;
const regulars = { rate: 40, clients: 200, first: 81, route: "shop", targets: item };
const routes = [{ id: "shop", capacity: 2000 }];

interface House {
  ip: string;
  rate: number | ((at: number) => number);
  most?: number;
  begins: number;
  people: number;
  headers: (person: number) => Record<string, string>;
}

function house(random: Random, { ip, rate, most, begins, people, headers }: House): Actor {
  return stream(random, {
    rate,
    ...(most === undefined ? {} : { most }),
    begins,
    make: (at) => {
      const person = random.between(0, people - 1);
      const request: SimulatedRequest = { at, isAttack: false, ip, target: item(random), route: "shop" };
      return { ...request, agent: `${browserOf(person)} r${person % 40}`, headers: headers(person) };
    },
  });
}

const cookieOf = (person: number) => ({ cookie: `session=s${person * 7919 + 1e9}` });

/** A gateway that begins to enforce in the middle of a working day: an office of 2,000 behind one address was there before. */
export const freshOffice: Scenario = {
  name: "office of 2,000 people and a gateway that has just started",
  seconds: 900,
  begins: 5,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    house(random, { ip: "203.0.113.90", rate: 120, begins: 5, people: 2000, headers: cookieOf }),
  ],
  targets: {},
};

/** A network of content in front, whose addresses nobody has made known as proxies: nearly all requests come from two addresses. */
export const unknownProxy: Scenario = {
  name: "proxy in front that nobody has made known",
  seconds: 3000,
  begins: 5,
  routes,
  actors: (random) => [
    visitors(random, { ...regulars, rate: 5 }),
    ...[1, 2].map((index) =>
      house(random, { ip: `192.0.2.${index}`, rate: 150, begins: 5, people: 5000, headers: () => ({}) }),
    ),
  ],
  // That very many agents share one address is worth a word: it should be made known.
  tolerated: ["client_anomaly"],
  targets: {},
};

/** The office comes in the second hour, within five minutes, with sessions that the service gives out. */
export const lateOffice: Scenario = {
  name: "office that comes on Monday with a gateway that runs",
  seconds: 3600,
  begins: 2400,
  routes,
  actors: (random) =>
    [
      visitors(random, regulars),
      house(random, {
        ip: "203.0.113.91",
        rate: (at) => Math.min(1, (at - 2400) / 300) * 110,
        most: 110,
        begins: 2400,
        people: 800,
        headers: (person) => ({ ...cookieOf(person) }),
      }),
    ].map((actor, index) => (index === 0 ? actor : issuing(actor))),
  // Their first requests have no cookies yet: many agents of one address, which is told and stops nobody.
  tolerated: ["client_anomaly"],
  targets: { harmed: 0 },
};

/** A person's first request has no session: the service issues one. */
function issuing(actor: Actor): Actor {
  const known = new Set<string>();
  return {
    send: (from, to) =>
      actor.send(from, to).map((request) => {
        const cookie = request.headers?.cookie ?? "";
        if (known.has(cookie)) return request;
        known.add(cookie);
        const { headers: _, ...first } = request;
        return { ...first, answer: { "set-cookie": `${cookie}; Path=/; HttpOnly` } };
      }),
  };
}

/** One machine with thirty-two sessions of its own making, all of which are served. */
export const inventedOffice: Scenario = {
  name: "flood that pretends to be an office",
  category: "api_ddos",
  seconds: 3000,
  begins: 2400,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 150,
      begins: 2400,
      make: (at) => {
        const person = random.between(0, 31);
        const request: SimulatedRequest = { at, isAttack: true, ip: "198.18.9.9", target: item(random), route: "shop" };
        return { ...request, agent: browserOf(person), headers: cookieOf(person) };
      },
    }),
  ],
  tolerated: ["abuse"],
  targets: { detected: 20, passed: 45, harmed: 0 },
};

/** A partner's batch at night, all of it with one key that the gateway knows. */
export const nightBatch: Scenario = {
  name: "partner's batch at night",
  seconds: 1800,
  begins: 1200,
  routes: [
    { id: "shop", capacity: 2000 },
    { id: "orders", capacity: 2000 },
  ],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 4 }),
    stream(random, {
      rate: (at) => (at < 1200 ? 0.2 : 200),
      most: 200,
      make: (at) => ({
        at,
        isAttack: false,
        ip: "203.0.113.20",
        method: "POST",
        target: "/orders/import",
        route: "orders",
        consumer: "partner",
        headers: { apikey: "key-of-the-partner" },
        agent: "partner-sync/2.1",
      }),
    }),
  ],
  // That a consumer uses a thousand times what it did is worth a word.
  tolerated: ["abuse"],
  targets: {},
};

/** The same with a key that was stolen, against a service that cannot take it. */
export const stolenKey: Scenario = {
  name: "flood with a key that is known",
  category: "api_ddos",
  seconds: 300,
  begins: 120,
  routes: [{ id: "shop", capacity: 150 }],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: (at) => (at < 120 ? 0.5 : 400),
      most: 400,
      make: (at) => ({
        at,
        isAttack: at >= 120,
        ip: "198.18.7.8",
        target: "/shop/items/7",
        route: "shop",
        consumer: "partner",
        headers: { apikey: "key-of-the-partner" },
      }),
    }),
  ],
  tolerated: ["abuse"],
  targets: { detected: 6, passed: 10, harmed: 2 },
};

const pod = (index: number): Actor => ({
  send(from, to) {
    const first = Math.ceil((from + index / 25) / 2) * 2 - index / 25;
    if (first < from || first >= to) return [];
    const common = { isAttack: false, ip: `10.30.${index % 3}.${index}`, agent: "kube-probe/1.31" };
    return ["/health", "/ready"].map((target) => ({ at: first, ...common, target, route: "health" }));
  },
});

export const fiftyPods: Scenario = {
  name: "health checks of fifty pods that start together",
  seconds: 600,
  begins: 120,
  routes: [{ id: "health" }, { id: "shop" }],
  actors: (random) => [
    visitors(random, regulars),
    ...Array.from({ length: 50 }, (_, index) => {
      const actor = pod(index + 1);
      return index < 3 ? actor : { send: (from: number, to: number) => (from < 120 ? [] : actor.send(from, to)) };
    }),
  ],
  targets: {},
};

/** Ten times the usual within two minutes, of people nobody has seen: the service can take it. */
export const steepPeak: Scenario = {
  name: "marketing peak of ten times the usual within two minutes",
  seconds: 1800,
  begins: 900,
  routes,
  actors: (random) => [
    visitors(random, { ...regulars, rate: 15 }),
    stream(random, {
      rate: (at) => Math.min(1, (at - 900) / 120) * 150,
      most: 150,
      begins: 900,
      make: (at) => {
        const visitor = Math.floor(at * 15) + random.between(0, 300);
        return {
          at,
          isAttack: false,
          ip: addressOf(150 + (visitor >> 15), visitor),
          target: item(random),
          route: "shop",
          agent: browserOf(visitor),
          headers: { "accept-language": "en" },
        };
      },
    }),
  ],
  targets: {},
};

/** From nothing to twenty times the usual within half an hour. */
export const slowRamp: Scenario = {
  name: "flood that grows for half an hour",
  category: "api_ddos",
  seconds: 3600,
  begins: 900,
  routes: [{ id: "shop" }],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 15 }),
    stream(random, {
      rate: (at) => Math.min(1, (at - 900) / 1800) * 300,
      most: 300,
      begins: 900,
      make: (at) => ({
        at,
        isAttack: true,
        ip: addressOf(145, random.between(0, 2_999)),
        target: item(random),
        route: "shop",
        agent: browserOf(at),
      }),
    }),
  ],
  targets: { detected: 1500, passed: 30, harmed: 2 },
};

/** Twenty-four sources; after a while something in front takes most of them away, and the others go on. */
export const remainingSources: Scenario = {
  name: "sources of a flood that go on when most of it is gone",
  category: "api_ddos",
  seconds: 300,
  begins: 120,
  routes: [{ id: "shop", capacity: 400 }],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: (at) => (at < 160 ? 600 : 50),
      most: 600,
      begins: 120,
      make: (at) => {
        const bot = at < 160 ? random.between(0, 23) : random.between(0, 1);
        return { at, isAttack: true, ip: addressOf(145, bot), target: item(random), route: "shop" };
      },
    }),
  ],
  targets: { detected: 4, passed: 30, harmed: 1 },
};
