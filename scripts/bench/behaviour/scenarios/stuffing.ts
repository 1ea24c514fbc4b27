import type { Random } from "../../../../demo/random.ts";
import { addressOf, browserOf, stream } from "../crowd.ts";
import type { Actor, Scenario, SimulatedRequest } from "../scenario.ts";

const login = { id: "login" };
const USERS = 20_000;
const NATS = 40;

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/plain, */*",
  "accept-encoding": "gzip, deflate, br",
};
const LANGUAGES = ["en-US,en;q=0.9", "de-DE,de;q=0.9,en;q=0.7", "fr-FR,fr;q=0.8", "es-ES,es;q=0.9"];

/** As whom, from where; whether it is the right password decides the answer. */
function attempt(
  at: number,
  ip: string,
  user: string,
  client: number,
  isRight: boolean,
  isAttack: boolean,
): SimulatedRequest {
  return {
    at,
    isAttack,
    ip,
    method: "POST",
    target: "/login",
    route: "login",
    headers: { ...HEADERS, "accept-language": LANGUAGES[client % LANGUAGES.length]! },
    agent: browserOf(client),
    body: JSON.stringify({ username: user, password: "x" }),
    status: isRight ? 200 : 401,
    latency: 0.08,
  };
}

/** Every third user shares an address with hundreds of others. */
function homeOf(user: number): string {
  return user % 3 === 0 ? addressOf(92, user % NATS) : addressOf(84, user);
}

/** People who log in, mistype now and then, try again a few seconds later, and seldom give up. */
function people(random: Random, rate: number, typos: number, users = USERS): Actor {
  const again: { at: number; user: number }[] = [];
  const first = stream(random, {
    rate,
    make: (at) => {
      const user = random.between(0, users - 1);
      const isRight = !random.chance(typos);
      if (!isRight && random.chance(0.9)) again.push({ at: at + 3 + random.next() * 15, user });
      return attempt(at, homeOf(user), `user${user}@example.com`, user, isRight, false);
    },
  });
  return {
    send(from, to) {
      const due = again.filter(({ at }) => at >= from && at < to);
      for (const one of due) again.splice(again.indexOf(one), 1);
      const retries = due.map(({ at, user }) =>
        attempt(at, homeOf(user), `user${user}@example.com`, user, true, false),
      );
      return [...first.send(from, to), ...retries];
    },
  };
}

/** Leaked pairs, tried from many addresses in turn; one in a hundred works. */
function stuffing(
  random: Random,
  options: { addresses: number; perMinute: number; begins: number; ends?: number },
): Actor {
  const { addresses, perMinute, begins, ends } = options;
  let tried = 0;
  return stream(random, {
    rate: (addresses * perMinute) / 60,
    begins,
    ...(ends === undefined ? {} : { ends }),
    make: (at) => {
      const bot = tried++ % addresses;
      const isReal = random.chance(0.2);
      const user = isReal ? `user${random.between(0, USERS - 1)}@example.com` : `leak${tried}@example.net`;
      return attempt(at, addressOf(145, bot), user, bot, isReal && random.chance(0.05), true);
    },
  });
}

/** 1,000 addresses with one attempt a minute each, no two alike, among 200 good logins a second. */
export const distributedStuffing: Scenario = {
  name: "stuffing from 1,000 addresses",
  category: "credential_stuffing",
  seconds: 720,
  begins: 120,
  routes: [login],
  actors: (random) => [people(random, 200, 0.03), stuffing(random, { addresses: 1000, perMinute: 1, begins: 120 })],
  targets: { detected: 180, passed: 10, harmed: 0 },
};
