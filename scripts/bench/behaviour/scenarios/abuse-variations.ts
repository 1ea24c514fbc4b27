import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Scenario, SimulatedRequest } from "../scenario.ts";

const item = (random: Random) => `/shop/items/${random.between(1, 4000)}`;
const regulars = { rate: 20, clients: 200, first: 81, route: "shop", targets: item };
const orders = {
  rate: 5,
  clients: 200,
  first: 81,
  route: "orders",
  targets: (n: Random) => `/orders/${n.between(1, 90_000)}`,
};
const routes = [{ id: "shop" }, { id: "orders" }];

/** A search engine with twenty addresses, each of which says what it is and asks for its fair part. */
export const searchCrawler: Scenario = {
  name: "search engine with twenty addresses",
  seconds: 1200,
  begins: 120,
  routes,
  actors: (random) => {
    let step = 0;
    return [
      visitors(random, regulars),
      stream(random, {
        rate: 20,
        begins: 120,
        make: (at) => ({
          at,
          isAttack: false,
          ip: addressOf(148, random.between(0, 19)),
          target: `/shop/items/${step++}`,
          route: "shop",
          status: random.chance(0.08) ? 404 : 200,
          agent: "Mozilla/5.0 (compatible; examplebot/2.1; +https://example.com/bot.html)",
        }),
      }),
    ];
  },
  targets: {},
};

/** A client with a list of its own orders of which many were deleted: it asks for each of them once a minute and again at once when refused. */
export const brokenClient: Scenario = {
  name: "broken client that asks again and again",
  seconds: 900,
  begins: 120,
  routes,
  actors: (random) => {
    let step = 0;
    return [
      visitors(random, regulars),
      visitors(random, orders),
      stream(random, {
        rate: 12,
        begins: 120,
        make: (at): SimulatedRequest => ({
          at,
          isAttack: false,
          ip: "203.0.113.40",
          target: `/orders/${[17, 18, 23, 99, 104][step++ % 5]}`,
          route: "orders",
          status: 404,
          agent: "shop-desktop/3.2",
        }),
      }),
    ];
  },
  targets: {},
};

/** Somebody who works through the orders of the day: each is his own. */
export const backOffice: Scenario = {
  name: "clerk who works through orders all day",
  seconds: 2400,
  begins: 120,
  routes,
  actors: (random) => {
    let step = 0;
    return [
      visitors(random, regulars),
      stream(random, {
        rate: 0.5,
        begins: 120,
        make: (at) => ({
          at,
          isAttack: false,
          ip: "203.0.113.41",
          target: `/orders/${50_000 + 3 * step++}`,
          route: "orders",
          status: random.chance(0.1) ? 404 : 200,
          agent: browserOf(4),
          headers: { cookie: "session=clerk-1" },
        }),
      }),
    ];
  },
  targets: {},
};
