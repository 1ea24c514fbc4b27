import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Scenario } from "../scenario.ts";
import { item, regulars as readers } from "../shop.ts";

const regulars = { ...readers, rate: 40 };
const routes = [{ id: "shop", capacity: 2000 }];

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

/** Twenty times the usual for four tenths of a second, again and again, of addresses that nobody has seen. */
export const waves: Scenario = {
  name: "flood in waves of less than half a second",
  category: "api_ddos",
  seconds: 240,
  begins: 120,
  routes: [{ id: "shop" }],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: (at) => (at % 1.3 < 0.4 ? 800 : 0),
      most: 800,
      begins: 120,
      make: (at) => {
        const bot = random.between(0, 4_999);
        return {
          at,
          isAttack: true,
          ip: addressOf(145, bot),
          target: item(random),
          route: "shop",
          agent: browserOf(bot),
        };
      },
    }),
  ],
  targets: { detected: 15, passed: 40, harmed: 1 },
};
