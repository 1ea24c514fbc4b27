import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario } from "../scenario.ts";
import { item, regulars as readers } from "../shop.ts";

const regulars = { ...readers, rate: 30 };

/** Grows from nothing to eight times the usual within a quarter of an hour: people never seen before who read a few pages each. */
export const marketingPeak: Scenario = {
  name: "marketing peak",
  seconds: 1800,
  begins: 600,
  routes: [{ id: "shop" }],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 15 }),
    stream(random, {
      rate: (at) => Math.min(1, (at - 600) / 900) * 120,
      most: 120,
      begins: 600,
      make: (at) => {
        const visitor = Math.floor(at * 12) + random.between(0, 300);
        const agent = browserOf(visitor);
        return {
          at,
          isAttack: false,
          ip: addressOf(150 + (visitor >> 15), visitor),
          target: item(random),
          route: "shop",
          agent,
        };
      },
    }),
  ],
  targets: {},
};

/** Thousands of people behind one address of a mobile carrier: half of an evening, then a busy hour. */
export const carrierAddress: Scenario = {
  name: "mobile carrier's address",
  seconds: 3600,
  begins: 2700,
  routes: [{ id: "shop" }],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 10 }),
    stream(random, {
      rate: (at) => (at < 2700 ? 30 : 80),
      most: 80,
      make: (at) => {
        const phone = random.between(0, 2_999);
        const headers = { cookie: `session=${phone * 7919}` };
        return {
          at,
          isAttack: false,
          ip: "100.64.9.9",
          target: item(random),
          route: "shop",
          agent: browserOf(phone),
          headers,
        };
      },
    }),
  ],
  targets: {},
};

/** Several balancers look at one path in a fixed rhythm, and at nothing else. */
const balancer = (index: number): Actor => ({
  send(from, to) {
    const ip = `10.20.0.${index}`;
    const first = Math.ceil(from / 0.5) * 0.5;
    if (first >= to) return [];
    return [{ at: first, isAttack: false, ip, target: "/health", route: "health", agent: "ELB-HealthChecker/2.0" }];
  },
});

export const healthChecks: Scenario = {
  name: "health checks",
  seconds: 600,
  begins: 60,
  routes: [{ id: "health" }, { id: "shop" }],
  actors: (random) => [visitors(random, regulars), ...Array.from({ length: 6 }, (_, index) => balancer(index + 1))],
  targets: {},
};

const DAY_S = 86_400;

/** Two days with quiet nights: the third morning is nothing new. Each request stands for several, to keep it short. */
export const nightAndDay: Scenario = {
  name: "night and day",
  seconds: 1.6 * DAY_S,
  begins: DAY_S,
  epoch: 1_700_006_400,
  routes: [{ id: "shop" }],
  config: { flood: { min_route_rps: 2 } },
  actors: (random) => [
    visitors(random, {
      ...regulars,
      rate: (at) => 1.1 - Math.cos((2 * Math.PI * at) / DAY_S),
      most: 2.1,
    }),
  ],
  targets: {},
};
