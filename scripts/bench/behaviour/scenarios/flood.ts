import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Scenario } from "../scenario.ts";

const USUAL_RPS = 40;
const shop = { id: "shop", capacity: 150 };

const pages = {
  clients: 150,
  first: 81,
  route: "shop",
  targets: (n: { between(a: number, b: number): number }) => `/shop/items/${n.between(1, 400)}`,
};

/** One address sends ten times what the whole route usually gets. */
export const sourceFlood: Scenario = {
  name: "flood of one source",
  category: "api_ddos",
  seconds: 180,
  begins: 120,
  routes: [shop],
  actors: (random) => [
    visitors(random, { ...pages, rate: USUAL_RPS }),
    stream(random, {
      rate: 10 * USUAL_RPS,
      begins: 120,
      make: (at) => ({
        at,
        isAttack: true,
        ip: "198.18.7.7",
        target: "/shop/items/7",
        route: "shop",
        agent: "python-requests/2.32",
      }),
    }),
  ],
  targets: { detected: 2, passed: 5, harmed: 1, slowdown: 2 },
};

/** 5,000 addresses, each far below any limit an address could have. */
export const distributedFlood: Scenario = {
  name: "flood of 5,000 sources",
  category: "api_ddos",
  seconds: 180,
  begins: 120,
  routes: [shop],
  actors: (random) => [
    visitors(random, { ...pages, rate: USUAL_RPS }),
    stream(random, {
      rate: 20 * USUAL_RPS,
      begins: 120,
      make: (at) => {
        const bot = random.between(0, 4_999);
        return {
          at,
          isAttack: true,
          ip: addressOf(145, bot),
          target: "/shop/items/7",
          route: "shop",
          agent: browserOf(bot),
        };
      },
    }),
  ],
  targets: { detected: 2, passed: 15, harmed: 2, slowdown: 2 },
};
