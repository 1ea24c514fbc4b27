/** Who there is to play: addresses, agents, and actors that most scenarios need. */
import type { Random } from "../../../demo/random.ts";
import type { Actor, SimulatedRequest } from "./scenario.ts";

const BROWSERS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36",
  "ShopApp/5.12.0 (iOS 18.1)",
  "okhttp/4.12.0",
];

export function browserOf(client: number): string {
  return BROWSERS[client % BROWSERS.length]!;
}

/** Address number `index` of the network that begins with `first`: spread over it, never the same twice below 65,536. */
export function addressOf(first: number, index: number): string {
  const spread = (index * 40_503 + 12_345) & 0xffff;
  return `${first}.${(first * 7) & 255}.${spread >> 8}.${spread & 255}`;
}

/** Times of a Poisson process at `rate(t)` a second, which `most` bounds. */
export function arrivals(
  random: Random,
  from: number,
  to: number,
  rate: (at: number) => number,
  most: number,
): number[] {
  const times: number[] = [];
  if (most <= 0) return times;
  let at = from;
  while (true) {
    at += -Math.log(1 - random.next()) / most;
    if (at >= to) return times;
    if (random.next() < rate(at) / most) times.push(at);
  }
}

export interface Stream {
  /** Requests a second. */
  rate: number | ((at: number) => number);
  /** Largest value of `rate` when it is a function. */
  most?: number;
  begins?: number;
  ends?: number;
  make(at: number, random: Random): SimulatedRequest;
}

/** Independent requests at a rate: what many clients together look like. */
export function stream(
  random: Random,
  { rate, most, begins = 0, ends = Number.POSITIVE_INFINITY, make }: Stream,
): Actor {
  const rateAt = typeof rate === "function" ? rate : () => rate;
  const bound = most ?? rateAt(begins);
  return {
    send(from, to) {
      const first = Math.max(from, begins);
      const last = Math.min(to, ends);
      if (first >= last) return [];
      return arrivals(random, first, last, rateAt, bound).map((at) => make(at, random));
    },
  };
}

/** Visitors who come back: `clients` addresses of network `first`, each request to one of `targets`. */
export function visitors(
  random: Random,
  options: {
    rate: Stream["rate"];
    most?: number;
    clients: number;
    first: number;
    route: string;
    targets: (n: Random) => string;
  },
): Actor {
  const { rate, clients, first, route, targets } = options;
  return stream(random, {
    rate,
    ...(options.most === undefined ? {} : { most: options.most }),
    make: (at) => {
      const client = random.between(0, clients - 1);
      const latency = 0.015 + random.next() * 0.02;
      return {
        at,
        isAttack: false,
        ip: addressOf(first, client),
        target: targets(random),
        route,
        agent: browserOf(client),
        latency,
      };
    },
  });
}
