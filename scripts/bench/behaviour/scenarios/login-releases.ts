import { addressOf } from "../crowd.ts";
import { login, people, stuffing } from "../login-crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

/** Logins that fail or come in numbers because of a release or an outage, and an attack at the same time. */
/** Every account's app of one version forgets its session and logs in again within ten minutes, some with passwords that are old. */
export const appRelease: Scenario = {
  name: "an app's release makes everybody log in again",
  seconds: 1500,
  begins: 600,
  routes: [login],
  actors: (random) => {
    const usual = people(random, 10, 0.03, 8000);
    const release = people(random, 40, 0.12, 8000);
    return [usual, { send: (from, to) => (from >= 600 && from < 1200 ? release.send(from, to) : []) }];
  },
  targets: { harmed: 0 },
};

/** The same, and its first version sends passwords in a way that the service refuses: all of its logins fail with 400, again and again. */
export const brokenRelease: Scenario = {
  name: "an app's release whose logins are all refused",
  seconds: 1200,
  begins: 600,
  routes: [login],
  actors: (random) => {
    const usual = people(random, 20, 0.03, 8000);
    const refused = people(random, 15, 1, 8000);
    return [
      usual,
      {
        send: (from, to) =>
          from >= 600 && from < 900
            ? refused.send(from, to).map((one) => ({ ...one, status: 400, agent: "ShopApp/6.0.0 (iOS 18.1)" }))
            : [],
      },
    ];
  },
  targets: { harmed: 0 },
};

const APP = "ShopApp/6.0.0 (iOS 18.1)";
const userOf = ({ body }: SimulatedRequest): number => Number(/user(\d+)@/.exec(body ?? "")?.[1] ?? 0);

/** So many of the users in a hundred have a phone that gets another address each five minutes. */
const onTheMove = (share: number, actor: Actor): Actor => ({
  send: (from, to) =>
    actor.send(from, to).map((one) => {
      const user = userOf(one);
      if (user % 100 >= share) return one;
      return { ...one, ip: addressOf(98, (user * 7 + Math.floor((one.at + user) / 300) * 13) & 0xffff) };
    }),
});

const during = (from: number, to: number, actor: Actor): Actor => ({
  send: (begin, end) => (begin >= from && begin < to ? actor.send(begin, end) : []),
});

const refusedAs = (status: number, agent: string, actor: Actor): Actor => ({
  send: (from, to) => actor.send(from, to).map((one) => ({ ...one, status, agent })),
});

/** Seven of ten phones have an address of their carrier's that changes: nobody is known where they come from. */
export const movingRelease: Scenario = {
  name: "an app's release whose logins are refused, mostly on the move",
  seconds: 1200,
  begins: 600,
  routes: [login],
  actors: (random) => {
    const release = onTheMove(70, refusedAs(401, APP, people(random, 12, 1, 8000)));
    return [people(random, 15, 0.06, 8000), during(600, 900, release)];
  },
  targets: { harmed: 0 },
};

/** The same on a quiet site, for longer. */
export const quietRelease: Scenario = {
  name: "an app's release on a quiet site whose logins are all refused",
  seconds: 2400,
  begins: 900,
  routes: [login],
  actors: (random) => [people(random, 2, 0.1, 600), during(900, 2000, refusedAs(400, APP, people(random, 1, 1, 600)))],
  targets: { harmed: 0 },
};

/** What checks passwords is away for three minutes. */
const outage = (actor: Actor, from: number, to: number): Actor => ({
  send: (begin, end) =>
    actor.send(begin, end).map((one) => (one.at >= from && one.at < to ? { ...one, status: 401 } : one)),
});

export const longOutage: Scenario = {
  name: "logins fail for three minutes",
  seconds: 900,
  begins: 420,
  routes: [login],
  actors: (random) => [outage(people(random, 30, 0.08, 5000), 420, 600)],
  targets: { harmed: 0 },
};

/** A campaign that has begun when nobody gets in for a while, and goes on after that. */
export const attackInOutage: Scenario = {
  name: "stuffing before, during and after an outage",
  category: "credential_stuffing",
  seconds: 1200,
  begins: 300,
  routes: [login],
  actors: (random) => [
    outage(people(random, 40, 0.05, 5000), 480, 600),
    stuffing(random, { rate: 10, begins: 300, addressOf: (i) => addressOf(145, i % 600), clientOf: (i) => i }),
  ],
  targets: { detected: 180, passed: 10, harmed: 0 },
};
