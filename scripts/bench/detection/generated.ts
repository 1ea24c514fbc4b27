/** Generated requests of a seed that training does not use: per class, place, shape and kind of traffic. */
import { seeded } from "../../../demo/random.ts";
import { generateAttacks, generateBenign } from "../../../training/generators/index.ts";
import type { AttackRequest, BenignRequest } from "../../../training/request.ts";
import { type Basis, type Detail, rateDetails } from "./detail.ts";
import { groupBy, type Judged, judge, rateOf } from "./judge.ts";

/** Training uses seeds below. */
const UNSEEN_SEEDS = 1_000_000;
const BASIS: Basis = "unseen seed";

export interface Generated {
  attacks: Judged<AttackRequest>[];
  benign: Judged<BenignRequest>[];
}

export async function judgeGenerated(seed: number, count: number): Promise<Generated> {
  const random = seeded(UNSEEN_SEEDS + seed);
  return { attacks: await judge(generateAttacks(random, count)), benign: await judge(generateBenign(random, count)) };
}

export const isExploit = ({ request }: Judged<AttackRequest>): boolean => request.category === "exploit";

function split<T>(
  section: string,
  isAttack: boolean,
  judged: readonly Judged<T>[],
  keyOf: (request: T) => string,
): Detail[] {
  return [...groupBy(judged, ({ request }) => keyOf(request))].flatMap(([name, part]) =>
    rateDetails({ section, name, basis: BASIS }, isAttack, rateOf(part)),
  );
}

export function generatedDetails({ attacks, benign }: Generated): Detail[] {
  const payloads = attacks.filter((one) => !isExploit(one));
  return [
    ...rateDetails({ section: "generated attacks", name: "all", basis: BASIS }, true, rateOf(attacks)),
    ...split("generated attacks by class", true, payloads, (request) => request.class),
    ...split("generated attacks by place", true, payloads, (request) => request.place),
    ...split("exploit requests by class", true, attacks.filter(isExploit), (request) => request.class),
    ...rateDetails({ section: "generated benign", name: "all", basis: BASIS }, false, rateOf(benign)),
    ...split("generated benign by kind", false, benign, (request) => request.category),
  ];
}
