import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream, visitors } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

const item = (random: Random) => `/shop/items/${random.between(1, 400)}`;
const regulars = { clients: 150, first: 81, route: "shop", targets: item };
const routes = [{ id: "shop" }, { id: "orders" }];

/** Changes how an actor's requests end from `begins` to `ends`. */
function failing(
  actor: Actor,
  begins: number,
  ends: number,
  change: (request: SimulatedRequest) => SimulatedRequest,
): Actor {
  return {
    ...actor,
    send: (from, to) =>
      actor.send(from, to).map((request) => (request.at >= begins && request.at < ends ? change(request) : request)),
  };
}

const FOREVER = Number.POSITIVE_INFINITY;

function outage(name: string, rate: number, share: number): Scenario {
  return {
    name,
    category: "mass_error",
    seconds: 240,
    begins: 120,
    routes,
    actors: (random) => [
      failing(visitors(random, { ...regulars, rate }), 120, FOREVER, (request) =>
        random.chance(share) ? { ...request, status: 503 } : request,
      ),
    ],
    targets: { detected: 30 },
  };
}

/** A third of all answers is a 503, at forty requests a second; and everything fails where only one comes every two seconds. */
export const partialOutage = outage("service that fails in part", 40, 0.4);
export const quietOutage = outage("service that fails on a quiet route", 0.5, 1);

function misconfigured(name: string, change: (request: SimulatedRequest) => SimulatedRequest): Scenario {
  return {
    name,
    category: "route_misconfig",
    seconds: 240,
    begins: 120,
    reconfigured: [120],
    routes,
    actors: (random) => [
      failing(visitors(random, { ...regulars, rate: 10 }), 120, FOREVER, change),
      visitors(random, {
        ...regulars,
        rate: 10,
        first: 82,
        route: "orders",
        targets: (n) => `/orders/${n.between(1, 99)}`,
      }),
    ],
    targets: { detected: 30 },
  };
}

/** After a change of the configuration the upstream cannot be reached, nobody has the right key any more, or a route is gone. */
export const wrongUpstream = misconfigured("route that leads nowhere", (request) => ({
  ...request,
  status: 502,
  by: "error",
}));
export const wrongAuthentication = misconfigured("plugin that refuses everybody", (request) => ({
  ...request,
  status: 401,
  by: "exit",
}));
export const lostRoute = misconfigured("route that is gone", ({ route: _, ...request }) => request);

/** Five seconds of 503 while a new version starts. */
export const deploy: Scenario = {
  name: "deploy",
  seconds: 240,
  begins: 120,
  reconfigured: [119],
  routes,
  actors: (random) => [
    failing(visitors(random, { ...regulars, rate: 30 }), 120, 125, (request) => ({ ...request, status: 503 })),
    failing(visitors(random, { ...regulars, rate: 5, route: "orders" }), 122, 124, (request) => ({
      ...request,
      status: 502,
      by: "error",
    })),
  ],
  targets: {},
};

/** Two minutes of 500 after a deploy, and then all is well: an outage that is told, and nobody is stopped for it. */
export const longDeploy: Scenario = {
  name: "deploy that fails for two minutes",
  category: "mass_error",
  // What is reported as the configuration's doing is not wrong: it had just changed.
  tolerated: ["route_misconfig"],
  seconds: 420,
  begins: 120,
  reconfigured: [119],
  routes,
  actors: (random) => [
    failing(visitors(random, { ...regulars, rate: 30 }), 120, 240, (request) => ({ ...request, status: 500 })),
    visitors(random, { ...regulars, rate: 5, route: "orders" }),
  ],
  targets: { detected: 30, harmed: 0 },
};

/** Apps of one version try again at once, up to five times, while one of their calls fails. */
export const retryStorm: Scenario = {
  name: "retry storm of one client library",
  seconds: 300,
  begins: 120,
  routes,
  actors: (random) => {
    const again: SimulatedRequest[] = [];
    const retries: Actor = {
      send(from, to) {
        const due = again
          .filter(({ at }) => at < to)
          .map((request) => ({ ...request, at: Math.max(from, request.at) }));
        again.splice(0, again.length, ...again.filter(({ at }) => at >= to));
        return due;
      },
      answered(request, answer) {
        const attempt = Number(request.headers?.["x-attempt"] ?? "0");
        if (answer.status < 500 || attempt >= 5) return;
        again.push({ ...request, at: request.at + 0.6, headers: { "x-attempt": String(attempt + 1) } });
      },
    };
    const first = stream(random, {
      rate: 6,
      begins: 120,
      make: (at) => ({
        at,
        isAttack: false,
        ip: addressOf(91, random.between(0, 1)),
        target: "/orders/stats",
        route: "orders",
        status: 500,
        agent: "ShopApp/5.12.0 (iOS 18.1)",
      }),
    });
    return [
      visitors(random, { ...regulars, rate: 20 }),
      visitors(random, { ...regulars, rate: 20, route: "orders" }),
      { ...first, answered: retries.answered! },
      retries,
    ];
  },
  targets: {},
};

/** Somebody's broken requests make the service fail, each of them; everybody else is served. */
export const oneFailingClient: Scenario = {
  name: "client whose requests fail",
  seconds: 240,
  begins: 60,
  routes,
  actors: (random) => [
    visitors(random, { ...regulars, rate: 10 }),
    stream(random, {
      rate: 8,
      begins: 60,
      make: (at) => ({
        at,
        isAttack: false,
        ip: "203.0.113.50",
        target: item(random),
        route: "shop",
        status: 500,
        agent: browserOf(4),
      }),
    }),
  ],
  targets: {},
};
