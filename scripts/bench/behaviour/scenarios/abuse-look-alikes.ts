import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";
import { buyers, item, regulars, routes } from "../shop.ts";
import { walker } from "./abuse.ts";

const HOST = "shop.example.com";

/** Says what it is, keeps to a rate, and finds some old links that are gone. */
export const politeCrawler: Scenario = {
  name: "crawler that says what it is",
  seconds: 900,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    walker(random, 2.5, 60, (step) => ({
      isAttack: false,
      ip: "192.0.2.66",
      target: `/shop/items/${step}`,
      route: "shop",
      status: random.chance(0.06) ? 404 : 200,
      agent: "Mozilla/5.0 (compatible; examplebot/2.1; +https://example.com/bot.html)",
    })),
  ],
  targets: {},
};

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

/** A page's fifteen pictures, styles and scripts, of which a deploy has lost twelve. */
function pageLoad(at: number, ip: string, random: Random): SimulatedRequest[] {
  const common = { isAttack: false, ip, agent: browserOf(3), route: "shop" };
  const headers = { referer: `https://${HOST}/shop/start`, host: HOST };
  const assets = Array.from({ length: 15 }, (_, n) => ({
    ...common,
    at: at + 0.3 + random.next(),
    target: `/shop/assets/part${n}.js`,
    headers,
    status: n < 12 ? 404 : 200,
  }));
  return [{ ...common, at, target: "/shop/start", headers: { host: HOST } }, ...assets];
}

export const brokenLinks: Scenario = {
  name: "deploy that breaks popular links",
  seconds: 300,
  begins: 60,
  routes,
  actors: (random) => {
    const waiting: SimulatedRequest[] = [];
    let visitor = 0;
    const visits: Actor = {
      send(from, to) {
        if (from >= 60 && random.chance(0.4))
          waiting.push(...pageLoad(from + 0.01, addressOf(90, visitor++ % 400), random));
        const due = waiting.filter(({ at }) => at < to);
        for (const request of due) waiting.splice(waiting.indexOf(request), 1);
        return due;
      },
    };
    return [visitors(random, regulars), visits];
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
      visitors(random, buyers),
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

/** A partner's office: thirty keys behind one address, each of which reads at a clerk's pace, and an app with one key on many phones. */
export const partnerKeys: Scenario = {
  name: "keys behind one address, and one key on many phones",
  seconds: 900,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 10,
      begins: 60,
      make: (at) => {
        const clerk = random.between(0, 29);
        const headers = { apikey: `key-of-clerk-${clerk}` };
        const target = item(random);
        const status = random.chance(0.05) ? 404 : 200;
        const shared = { route: "shop", agent: "partner-desk/1.4", isAttack: false };
        return { at, ip: "203.0.113.78", target, consumer: `clerk-${clerk}`, headers, status, ...shared };
      },
    }),
    stream(random, {
      rate: 20,
      begins: 60,
      make: (at) => ({
        at,
        isAttack: false,
        ip: addressOf(147, random.between(0, 2_000)),
        target: item(random),
        route: "shop",
        consumer: "app",
        headers: { apikey: "key-of-the-app" },
        agent: "ShopApp/5.12.0 (iOS 18.1)",
      }),
    }),
  ],
  targets: {},
};

/** Thirty people behind an office's address read the catalogue all morning. */
export const officeAddress: Scenario = {
  name: "office that reads a catalogue",
  seconds: 900,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: 5,
      begins: 60,
      make: (at) => {
        const person = random.between(0, 29);
        const headers = { cookie: `session=${person * 7919}` };
        return {
          at,
          isAttack: false,
          ip: "203.0.113.77",
          target: item(random),
          route: "shop",
          agent: browserOf(person),
          headers,
        };
      },
    }),
  ],
  targets: {},
};
