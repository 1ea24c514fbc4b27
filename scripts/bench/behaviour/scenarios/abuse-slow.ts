import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Scenario, SimulatedRequest } from "../scenario.ts";
import { buyers, order, regulars, routes } from "../shop.ts";
import { walker } from "./abuse.ts";

/** Who tries ids by chance, too slowly for any minute to show it, and those who are refused as often for reasons of their own. */
const quiet = [
  { ...regulars, rate: 4 },
  { ...buyers, rate: 2 },
] as const;

/** A token tried every four seconds, nearly all of which do not exist. */
export const slowTokens: Scenario = {
  name: "enumeration of ids by chance, one in four seconds",
  category: "abuse",
  seconds: 2400,
  begins: 120,
  routes,
  actors: (random) => [
    ...quiet.map((one) => visitors(random, one)),
    walker(random, 0.25, 120, () => ({
      isAttack: true,
      ip: "198.18.3.6",
      target: order(random),
      route: "orders",
      status: random.chance(0.93) ? 404 : 200,
      agent: browserOf(1),
    })),
  ],
  targets: { detected: 600, passed: 15 },
};

/** A customer's own key asks for other people's orders. */
export const slowForeign: Scenario = {
  name: "enumeration of other people's orders with a key, one in fifteen seconds",
  category: "abuse",
  seconds: 4800,
  begins: 120,
  routes,
  actors: (random) => [
    ...quiet.map((one) => visitors(random, one)),
    walker(random, 1 / 15, 120, () => ({
      isAttack: true,
      ip: "198.18.3.7",
      target: `/orders/${random.hex(8)}-${random.hex(4)}`,
      route: "orders",
      consumer: "customer",
      headers: { apikey: "key-of-the-customer" },
      status: random.chance(0.8) ? 403 : 404,
      agent: browserOf(1),
    })),
  ],
  targets: { detected: 1500, passed: 15 },
};

/** Each of twenty machines takes one in six seconds. */
export const slowMany: Scenario = {
  name: "enumeration by twenty addresses, each one in six seconds",
  category: "abuse",
  seconds: 1800,
  begins: 120,
  routes,
  actors: (random) => [
    ...quiet.map((one) => visitors(random, one)),
    walker(random, 20 / 6, 120, (step) => ({
      isAttack: true,
      ip: addressOf(145, step % 20),
      target: order(random),
      route: "orders",
      status: random.chance(0.85) ? 403 : 200,
      agent: browserOf(step % 20),
    })),
  ],
  targets: { detected: 700, passed: 15 },
};

/** An app asks for a list of favourites each ten minutes, of which most are gone; a search engine comes back for pages of the former shop. */
export const staleLists: Scenario = {
  name: "lists of things that are gone",
  seconds: 4800,
  begins: 120,
  routes,
  actors: (random) => {
    let step = 0;
    return [
      ...quiet.map((one) => visitors(random, one)),
      stream(random, {
        rate: (at) => (at % 600 < 300 ? 0.16 : 0),
        most: 0.16,
        make: (at): SimulatedRequest => {
          const favourite = step++ % 48;
          const status = favourite % 6 === 0 ? 200 : 404;
          const agent = "ShopApp/5.12.0 (iOS 18.1)";
          return {
            at,
            isAttack: false,
            ip: "203.0.113.42",
            target: `/shop/items/${favourite * 83}`,
            route: "shop",
            status,
            agent,
          };
        },
      }),
      walker(random, 0.5, 120, (page) => ({
        isAttack: false,
        ip: "192.0.2.67",
        target: `/shop/items/${900_000 + page}`,
        route: "shop",
        status: random.chance(0.9) ? 404 : 200,
        agent: "Mozilla/5.0 (compatible; examplebot/2.1; +https://example.com/bot.html)",
      })),
    ];
  },
  targets: {},
};

/** A partner's batch of orders over an hour, a third of which it has never been told are gone. */
export const oldBatch: Scenario = {
  name: "partner's batch with old records",
  seconds: 3600,
  begins: 120,
  routes,
  actors: (random) => [
    ...quiet.map((one) => visitors(random, one)),
    walker(random, 0.4, 120, () => ({
      isAttack: false,
      ip: "203.0.113.43",
      target: order(random),
      route: "orders",
      consumer: "partner",
      headers: { apikey: "key-of-the-partner" },
      status: random.chance(0.35) ? 404 : 200,
      agent: "partner-sync/2.1",
    })),
  ],
  targets: {},
};

const BROKEN_FROM = 5400;

/** After a deploy the service finds no order any more, for a quarter of an hour: neither the customers' nor those of a partner's batch. */
export const lostOrders: Scenario = {
  name: "deploy after which a service finds nothing",
  seconds: 6600,
  begins: BROKEN_FROM,
  routes,
  actors: (random) => {
    const customers = visitors(random, { ...buyers, rate: 1.5, clients: 60 });
    const partner = walker(random, 0.5, 0, () => ({
      isAttack: false,
      ip: "203.0.113.44",
      target: order(random),
      route: "orders",
      consumer: "partner",
      headers: { apikey: "key-of-the-partner" },
      agent: "partner-sync/2.1",
    }));
    return [customers, partner].map((actor) => ({
      send: (from, to) =>
        actor
          .send(from, to)
          .map((one) => (one.at < BROKEN_FROM || one.at > BROKEN_FROM + 900 ? one : { ...one, status: 404 })),
    }));
  },
  // That a route fails is told.
  tolerated: ["mass_error", "route_misconfig"],
  targets: {},
};
