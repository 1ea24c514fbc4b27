import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";
import { buyers, regulars, routes } from "../shop.ts";

/** One client that asks for one thing after the other, `perSecond` times a second. */
export function walker(
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
    visitors(random, buyers),
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
    visitors(random, buyers),
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
