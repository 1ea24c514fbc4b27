import type { Random } from "../../../../demo/random.ts";
import { browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";
import { item, regulars as readers } from "../shop.ts";

const regulars = { ...readers, rate: 40 };
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

/** The same two minutes after the start of a gateway that has not seen anybody yet, at a rate that is a flood of no route. */
export const freshInvented: Scenario = {
  name: "one client that pretends to be an office, and a gateway that has just started",
  category: "api_ddos",
  seconds: 1200,
  begins: 120,
  routes,
  config: { flood: { max_per_ip: 60 } },
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 60,
      begins: 120,
      make: (at) => {
        const person = random.between(0, 2000);
        const request: SimulatedRequest = { at, isAttack: true, ip: "198.18.9.9", target: item(random), route: "shop" };
        return { ...request, agent: browserOf(person), headers: cookieOf(person) };
      },
    }),
  ],
  tolerated: ["abuse"],
  targets: { detected: 20, passed: 55, harmed: 0 },
};
