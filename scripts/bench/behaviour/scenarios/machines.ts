import { stream, visitors } from "../crowd.ts";
import type { Actor, Scenario } from "../scenario.ts";
import { regulars as readers } from "../shop.ts";

const regulars = { ...readers, rate: 40 };

/** A partner's batch at night, all of it with one key that the gateway knows. */
export const nightBatch: Scenario = {
  name: "partner's batch at night",
  seconds: 1800,
  begins: 1200,
  routes: [
    { id: "shop", capacity: 2000 },
    { id: "orders", capacity: 2000 },
  ],
  actors: (random) => [
    visitors(random, { ...regulars, rate: 4 }),
    stream(random, {
      rate: (at) => (at < 1200 ? 0.2 : 200),
      most: 200,
      make: (at) => ({
        at,
        isAttack: false,
        ip: "203.0.113.20",
        method: "POST",
        target: "/orders/import",
        route: "orders",
        consumer: "partner",
        headers: { apikey: "key-of-the-partner" },
        agent: "partner-sync/2.1",
      }),
    }),
  ],
  // That a consumer uses a thousand times what it did is worth a word.
  tolerated: ["abuse"],
  targets: {},
};

/** The same with a key that was stolen, against a service that cannot take it. */
export const stolenKey: Scenario = {
  name: "flood with a key that is known",
  category: "api_ddos",
  seconds: 300,
  begins: 120,
  routes: [{ id: "shop", capacity: 150 }],
  actors: (random) => [
    visitors(random, regulars),
    stream(random, {
      rate: (at) => (at < 120 ? 0.5 : 400),
      most: 400,
      make: (at) => ({
        at,
        isAttack: at >= 120,
        ip: "198.18.7.8",
        target: "/shop/items/7",
        route: "shop",
        consumer: "partner",
        headers: { apikey: "key-of-the-partner" },
      }),
    }),
  ],
  tolerated: ["abuse"],
  targets: { detected: 6, passed: 10, harmed: 2 },
};

const pod = (index: number): Actor => ({
  send(from, to) {
    const first = Math.ceil((from + index / 25) / 2) * 2 - index / 25;
    if (first < from || first >= to) return [];
    const common = { isAttack: false, ip: `10.30.${index % 3}.${index}`, agent: "kube-probe/1.31" };
    return ["/health", "/ready"].map((target) => ({ at: first, ...common, target, route: "health" }));
  },
});

export const fiftyPods: Scenario = {
  name: "health checks of fifty pods that start together",
  seconds: 600,
  begins: 120,
  routes: [{ id: "health" }, { id: "shop" }],
  actors: (random) => [
    visitors(random, regulars),
    ...Array.from({ length: 50 }, (_, index) => {
      const actor = pod(index + 1);
      return index < 3 ? actor : { send: (from: number, to: number) => (from < 120 ? [] : actor.send(from, to)) };
    }),
  ],
  targets: {},
};
