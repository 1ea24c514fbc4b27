import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Scenario } from "../scenario.ts";
import { item, regulars as readers } from "../shop.ts";

const USUAL_RPS = 40;
const BEGINS = 120;
const shop = { id: "shop", capacity: 150 };
const regulars = { ...readers, rate: USUAL_RPS, clients: 150 };

/** One address sends ten times what the whole route usually gets. */
export const sourceFlood: Scenario = {
  name: "flood of one source",
  category: "api_ddos",
  seconds: 180,
  begins: BEGINS,
  routes: [shop],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 10 * USUAL_RPS,
      begins: BEGINS,
      make: (at) => ({ at, isAttack: true, ip: "198.18.7.7", target: "/shop/items/7", route: "shop" }),
    }),
  ],
  targets: { detected: 4, reflex: 2, passed: 5, harmed: 1, slowdown: 2 },
};

/** 5,000 addresses, each far below any limit an address could have. What they sent before the reflex has to be worked off first. */
export const distributedFlood: Scenario = {
  name: "flood of 5,000 sources",
  category: "api_ddos",
  seconds: 180,
  begins: BEGINS,
  routes: [shop],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 20 * USUAL_RPS,
      begins: BEGINS,
      make: (at) => {
        const bot = random.between(0, 4_999);
        const agent = browserOf(bot);
        return { at, isAttack: true, ip: addressOf(145, bot), target: item(random), route: "shop", agent };
      },
    }),
  ],
  targets: { detected: 4, reflex: 2, passed: 15, harmed: 2, slowdown: 2, settled: 15 },
};

const ROUTES = 12;
const partOf = (n: number) => `catalogue-${n % ROUTES}`;

/** No single route gets much more than usual; their service does. */
export const serviceFlood: Scenario = {
  name: "flood spread over a service",
  category: "api_ddos",
  seconds: 180,
  begins: BEGINS,
  routes: Array.from({ length: ROUTES }, (_, n) => ({ id: partOf(n), service: "catalogue", capacity: 150 })),
  actors: (random) => [
    ...Array.from({ length: ROUTES }, (_, n) =>
      visitors(random, { ...regulars, rate: USUAL_RPS / ROUTES, route: partOf(n), first: 81 }),
    ),
    stream(random, {
      rate: 12 * USUAL_RPS,
      begins: BEGINS,
      make: (at) => {
        const bot = random.between(0, 2_999);
        return {
          at,
          isAttack: true,
          ip: addressOf(145, bot),
          target: item(random),
          route: partOf(random.between(0, 99)),
        };
      },
    }),
  ],
  targets: { detected: 4, reflex: 2, passed: 20, harmed: 2, slowdown: 2, settled: 20 },
};

/** Many addresses ask for what no route serves. */
export const unroutedFlood: Scenario = {
  name: "flood of paths without a route",
  category: "api_ddos",
  seconds: 180,
  begins: BEGINS,
  routes: [shop],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 15 * USUAL_RPS,
      begins: BEGINS,
      make: (at) => ({ at, isAttack: true, ip: addressOf(145, random.between(0, 499)), target: `/${random.hex(8)}` }),
    }),
  ],
  // Its addresses also probe for missing paths, which is found as well.
  tolerated: ["abuse"],
  targets: { detected: 4, reflex: 3, passed: 15, harmed: 0 },
};

/** Starts at a tenth of the usual and grows by a tenth each minute: nobody should get used to it. */
export const creepingFlood: Scenario = {
  name: "flood that starts slowly",
  category: "api_ddos",
  seconds: 4800,
  begins: 600,
  routes: [{ id: "shop" }],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 10 }),
    stream(random, {
      rate: (at) => Math.min(300, 1.1 ** ((at - 600) / 60)),
      most: 300,
      begins: 600,
      make: (at) => ({
        at,
        isAttack: true,
        ip: addressOf(145, random.between(0, 1_999)),
        target: item(random),
        route: "shop",
      }),
    }),
  ],
  targets: { detected: 3400, passed: 25, harmed: 2 },
};
