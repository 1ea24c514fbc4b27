/** People who log in, and those who try stolen passwords; `LoginStyle` says how the service is asked and answers. */
import type { Random } from "../../../demo/random.ts";
import { addressOf, browserOf, stream } from "./crowd.ts";
import type { Actor, SimulatedRequest } from "./scenario.ts";

export const login = { id: "login" };
const USERS = 20_000;
const NATS = 40;

const HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/plain, */*",
  "accept-encoding": "gzip, deflate, br",
};
export const LANGUAGES = ["en-US,en;q=0.9", "de-DE,de;q=0.9,en;q=0.7", "fr-FR,fr;q=0.8", "es-ES,es;q=0.9"];

/** How a service takes a login and what it says to it. */
export interface LoginStyle {
  target: string;
  contentType?: string;
  body?: (user: string) => string;
  headers?: (user: string) => Record<string, string>;
  right: Pick<SimulatedRequest, "status" | "answer" | "by">;
  wrong: Pick<SimulatedRequest, "status" | "answer" | "by">;
}

export const JSON_401: LoginStyle = {
  target: "/login",
  body: (user) => JSON.stringify({ username: user, password: "x" }),
  right: { status: 200 },
  wrong: { status: 401 },
};

/** As whom, from where; whether it is the right password decides the answer. */
export function attempt(
  at: number,
  ip: string,
  user: string,
  client: number,
  isRight: boolean,
  isAttack: boolean,
  style = JSON_401,
): SimulatedRequest {
  return {
    at,
    isAttack,
    ip,
    method: "POST",
    target: style.target,
    route: "login",
    headers: {
      ...HEADERS,
      "content-type": style.contentType ?? HEADERS["content-type"],
      "accept-language": LANGUAGES[client % LANGUAGES.length]!,
      ...style.headers?.(user),
    },
    agent: browserOf(client),
    ...(style.body === undefined ? {} : { body: style.body(user) }),
    ...(isRight ? style.right : style.wrong),
    latency: 0.08,
  };
}

/** Every third user shares an address with hundreds of others. */
function homeOf(user: number): string {
  return user % 3 === 0 ? addressOf(92, user % NATS) : addressOf(84, user);
}

/** People who log in, mistype now and then, try again a few seconds later, and seldom give up. */
export function people(random: Random, rate: number, typos: number, users = USERS, style = JSON_401): Actor {
  const again: { at: number; user: number }[] = [];
  const first = stream(random, {
    rate,
    make: (at) => {
      const user = random.between(0, users - 1);
      const isRight = !random.chance(typos);
      if (!isRight && random.chance(0.9)) again.push({ at: at + 3 + random.next() * 15, user });
      return attempt(at, homeOf(user), `user${user}@example.com`, user, isRight, false, style);
    },
  });
  return {
    send(from, to) {
      const due = again.filter(({ at }) => at >= from && at < to);
      for (const one of due) again.splice(again.indexOf(one), 1);
      const retries = due.map(({ at, user }) =>
        attempt(at, homeOf(user), `user${user}@example.com`, user, true, false, style),
      );
      return [...first.send(from, to), ...retries];
    },
  };
}

export interface Campaign {
  /** Attempts a second. */
  rate: number;
  begins: number;
  ends?: number;
  /** The address of attempt number `i`, and what its client looks like. */
  addressOf: (i: number) => string;
  clientOf: (i: number) => number;
}

/** Leaked pairs, a fifth of them of people who are here; one in a hundred works. */
export function stuffing(random: Random, campaign: Campaign, style = JSON_401): Actor {
  const { rate, begins, ends } = campaign;
  let tried = 0;
  return stream(random, {
    rate,
    begins,
    ...(ends === undefined ? {} : { ends }),
    make: (at) => {
      const i = tried++;
      const isReal = random.chance(0.2);
      const user = isReal ? `user${random.between(0, USERS - 1)}@example.com` : `leak${i}@example.net`;
      const isRight = isReal && random.chance(0.05);
      return attempt(at, campaign.addressOf(i), user, campaign.clientOf(i), isRight, true, style);
    },
  });
}
