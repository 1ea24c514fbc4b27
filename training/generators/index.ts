/** Requests that nobody recorded: attacks of all classes, and benign traffic that looks like them. The same seed writes the same. */
import type { Random } from "../../demo/random.ts";
import type { AttackRequest, BenignRequest } from "../request.ts";
import { ATTACK_GENERATORS } from "./attacks/index.ts";
import { BENIGN_GENERATORS } from "./benign/index.ts";

/** The generators, each as often as its weight. */
function weighted<T extends { weight: number }>(generators: readonly T[]): T[] {
  return generators.flatMap((generator) => Array<T>(generator.weight).fill(generator));
}

const ATTACKS = weighted(ATTACK_GENERATORS);
const BENIGN = weighted(BENIGN_GENERATORS);

export function generateAttacks(random: Random, count: number): AttackRequest[] {
  return Array.from({ length: count }, (_, at) => {
    const generator = random.pick(ATTACKS);
    const { draft, place } = generator.generate(random);
    return {
      id: `attack-${at}`,
      label: "malicious",
      category: generator.class,
      class: generator.class,
      place,
      ...draft,
    };
  });
}

export function generateBenign(random: Random, count: number): BenignRequest[] {
  return Array.from({ length: count }, (_, at) => {
    const generator = random.pick(BENIGN);
    return { id: `benign-${at}`, label: "benign", category: generator.name, ...generator.generate(random) };
  });
}
