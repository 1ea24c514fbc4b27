import { addressOf, stream } from "../crowd.ts";
import { attempt, LANGUAGES, login, people, stuffing } from "../login-crowd.ts";
import type { Scenario, SimulatedRequest } from "../scenario.ts";

/** 1,000 addresses with one attempt a minute each, that look like anybody's browser, among 200 good logins a second. */
export const distributedStuffing: Scenario = {
  name: "stuffing from 1,000 addresses",
  category: "credential_stuffing",
  seconds: 600,
  begins: 120,
  routes: [login],
  actors: (random) => [
    people(random, 200, 0.03),
    stuffing(random, {
      rate: 1000 / 60,
      begins: 120,
      addressOf: (i) => addressOf(145, i % 1000),
      clientOf: (i) => i,
    }),
  ],
  targets: { detected: 180, passed: 10, harmed: 0 },
};

const BOT = 6;

/** No address twice, all with the same tool: nothing but its headers tells the attempts apart. */
export const rotatingStuffing: Scenario = {
  name: "stuffing with an address for each attempt",
  category: "credential_stuffing",
  seconds: 480,
  begins: 180,
  routes: [login],
  actors: (random) => [
    people(random, 40, 0.03, 4000),
    stuffing(random, {
      rate: 30,
      begins: 180,
      addressOf: (i) => addressOf(145, i),
      clientOf: () => BOT + 7 * LANGUAGES.length * 1000,
    }),
  ],
  targets: { detected: 180, harmed: 1 },
};

/** One attempt for each of many users, from six addresses, two minutes apart: an hour of it. */
export const spraying: Scenario = {
  name: "password spraying over an hour",
  category: "credential_stuffing",
  seconds: 4200,
  begins: 600,
  routes: [login],
  actors: (random) => [
    people(random, 5, 0.03, 2000),
    stuffing(random, { rate: 6 / 120, begins: 600, addressOf: (i) => addressOf(145, i % 6), clientOf: (i) => i % 6 }),
  ],
  targets: { detected: 1800, passed: 10, harmed: 0 },
};

/** Nobody gets in for twenty seconds, because the service that checks passwords is away; then all try again. */
export const loginOutage: Scenario = {
  name: "logins fail for twenty seconds",
  seconds: 420,
  begins: 240,
  routes: [login],
  actors: (random) => {
    const usual = people(random, 50, 0.03, 5000);
    const isAway = (at: number) => at >= 240 && at < 260;
    const failed: { at: number; request: SimulatedRequest }[] = [];
    return [
      {
        send(from, to) {
          const requests = usual.send(from, to);
          for (const request of requests) {
            if (!isAway(request.at)) continue;
            request.status = 401;
            failed.push({ at: request.at + 20 + random.next() * 30, request });
          }
          const again = failed.filter(({ at }) => at >= from && at < to);
          return [...requests, ...again.map(({ at, request }) => ({ ...request, at, status: 200 }))];
        },
      },
    ];
  },
  targets: { harmed: 0 },
};

/** Monday at nine: an office of 600 behind one address, of which many have forgotten their passwords, and a shop full of new customers. */
export const mondayMorning: Scenario = {
  name: "an office on Monday, and new customers",
  seconds: 900,
  begins: 300,
  routes: [login],
  actors: (random) => [
    people(random, 10, 0.03, 3000),
    stream(random, {
      rate: 1,
      begins: 300,
      make: (at) => {
        const user = random.between(0, 599);
        return attempt(at, "93.184.1.1", `office${user}@example.org`, user, !random.chance(0.12), false);
      },
    }),
    stream(random, {
      rate: 2,
      begins: 300,
      make: (at) => {
        const user = Math.floor(at * 1000);
        return attempt(at, addressOf(77, user), `new${user}@example.com`, user, !random.chance(0.05), false);
      },
    }),
  ],
  targets: { harmed: 0 },
};
