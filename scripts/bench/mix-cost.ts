/**
 * What a request of the recorded mix costs the gateway's worker in CPU time: the same requests at one rate to all contenders in turn; the
 * least disturbed round of each counts. The rate is far below what a worker can do, so that none waits for another. All requests are
 * benign; no two of a sample need have anything in common, so that caches of headers and values are of little use.
 */
import type { Contender } from "./contenders.ts";
import { bytesOf, readMix } from "./corpora-mix.ts";
import { type Measure, measured } from "./measures.ts";
import { cpuNanoseconds } from "./process-cost.ts";
import { runSteadyLoad } from "./steady-load.ts";

const NAME = "replayed mix";
const NOOP = "no-op plugin";
const REQUESTS = 2000;
const PER_SECOND = 2500;
const SECONDS = 3;
/** Of so different requests the compiler still finds new ways after twenty thousand: a worker lives longer than that. */
const WARM_UP_ROUNDS = 3;
const MOST_CPU_US = 25;
const CONTENDERS = [NOOP, "threat-response, monitor", "threat-response, enforce"];

interface Round {
  us: number;
  /** Share of requests that were not answered with 2xx: what the plugin has stopped of benign requests. */
  refused: number;
}

async function round(contender: Contender, requests: Buffer[]): Promise<Round> {
  const before = cpuNanoseconds(contender.worker);
  const windows = await runSteadyLoad({ port: contender.port, perSecond: PER_SECOND, seconds: SECONDS, requests });
  const failed = windows.reduce((sum, window) => sum + window.failed, 0);
  const total = windows.reduce((sum, window) => sum + window.answered, failed);
  return { us: (cpuNanoseconds(contender.worker) - before) / total / 1000, refused: failed / total };
}

function describe(rounds: Map<string, Round[]>): Measure[] {
  const least = (name: string) => Math.min(...rounds.get(name)!.map(({ us }) => us));
  return [...rounds].flatMap(([name, all]) => {
    const cost = measured(`CPU, ${NAME}, ${name}`, least(name), "µs");
    if (name === NOOP) return [cost];
    const refused = Math.max(...all.map((one) => one.refused)) * 100;
    return [
      cost,
      measured(`CPU, ${NAME}, ${name}, over a no-op plugin`, least(name) - least(NOOP), "µs", MOST_CPU_US),
      measured(`CPU, ${NAME}, ${name}, not answered with 2xx`, refused, "%"),
    ];
  });
}

/** Nothing where there are no corpora. */
export async function mixCosts(
  all: readonly Contender[],
  corpora: string,
  seed: number,
  count: number,
): Promise<Measure[]> {
  const requests = readMix(corpora, seed, REQUESTS).map(bytesOf);
  if (requests.length === 0) return [];
  const contenders = all.filter(({ name }) => CONTENDERS.includes(name));
  const rounds = new Map<string, Round[]>(contenders.map(({ name }) => [name, []]));
  for (let n = 0; n < WARM_UP_ROUNDS; n += 1) {
    for (const contender of contenders) await round(contender, requests);
  }
  for (let n = 0; n < count; n += 1) {
    for (const contender of contenders) rounds.get(contender.name)!.push(await round(contender, requests));
  }
  const bytes = requests.reduce((sum, request) => sum + request.length, 0) / requests.length;
  return [measured(`CPU, ${NAME}, bytes of a request`, bytes, "B"), ...describe(rounds)];
}
