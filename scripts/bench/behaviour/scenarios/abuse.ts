import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

const HOST = "shop.example.com";
const item = (random: Random) => `/shop/items/${random.between(1, 4000)}`;
const regulars = { rate: 20, clients: 200, first: 81, route: "shop", targets: item };
const routes = [{ id: "shop" }, { id: "orders" }];

/** One client that asks for one thing after the other, `perSecond` times a second. */
function walker(
  random: Random,
  perSecond: number,
  begins: number,
  make: (step: number) => Omit<SimulatedRequest, "at">,
): Actor {
  let step = 0;
  return stream(random, { rate: perSecond, begins, make: (at) => ({ at, ...make(step++) }) });
}

/** A scanner with a browser's name tries one path after the other. */
export const probing: Scenario = {
  name: "probing for missing paths",
  category: "abuse",
  seconds: 180,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    walker(random, 4, 60, (step) => ({
      isAttack: true,
      ip: "198.18.3.3",
      target: `/${random.pick(["admin", "backup", "old", "wp", "cgi-bin"])}/${step}.php`,
      agent: browserOf(0),
      ...(step % 2 === 0 ? { route: "shop", status: 404 } : {}),
    })),
  ],
  targets: { detected: 12, passed: 10 },
};

/** Walks through order numbers, most of which are somebody else's. */
export const enumeration: Scenario = {
  name: "enumeration of ids",
  category: "abuse",
  seconds: 400,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    visitors(random, { ...regulars, rate: 5, route: "orders", targets: (n) => `/orders/${n.between(1, 90_000)}` }),
    walker(random, 2, 60, (step) => ({
      isAttack: true,
      ip: "198.18.3.4",
      target: `/orders/${4000 + step}`,
      route: "orders",
      status: random.chance(0.8) ? 403 : 200,
      agent: browserOf(1),
    })),
  ],
  targets: { detected: 60, passed: 20 },
};

/** Copies the catalogue, all of it answered well, for as long as it takes. */
export const scraping: Scenario = {
  name: "scraping of a catalogue",
  category: "abuse",
  seconds: 900,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    walker(random, 3, 60, (step) => ({
      isAttack: true,
      ip: "198.18.3.5",
      target: `/shop/items/${(step * 7919) % 4001}`,
      route: "shop",
      agent: browserOf(2),
    })),
  ],
  targets: { detected: 400, passed: 20 },
};

/** A consumer's key sends thirty times what it always did. */
export const quotaAnomaly: Scenario = {
  name: "consumer far above its usual",
  category: "abuse",
  seconds: 1500,
  begins: 1200,
  routes,
  actors: (random) => [
    visitors(random, { ...regulars, rate: 10 }),
    stream(random, {
      rate: (at) => (at < 1200 ? 0.5 : 15),
      most: 15,
      make: (at) => ({
        at,
        isAttack: at >= 1200,
        ip: "203.0.113.20",
        target: "/orders",
        route: "orders",
        consumer: "partner",
        headers: { apikey: "key-of-the-partner" },
        agent: "partner-sync/2.1",
      }),
    }),
  ],
  targets: { detected: 60 },
};

/** One consumer's key walks through ids from forty addresses, each of which asks for little. */
export const keyEnumeration: Scenario = {
  name: "enumeration with one key from many addresses",
  category: "abuse",
  seconds: 400,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, regulars),
    visitors(random, { ...regulars, rate: 5, route: "orders", targets: (n) => `/orders/${n.between(1, 90_000)}` }),
    walker(random, 2, 60, (step) => ({
      isAttack: true,
      ip: addressOf(146, step % 40),
      target: `/orders/${4000 + step}`,
      route: "orders",
      consumer: "partner",
      headers: { apikey: "key-of-the-partner" },
      status: random.chance(0.8) ? 403 : 200,
      agent: browserOf(1),
    })),
  ],
  targets: { detected: 60 },
};

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
