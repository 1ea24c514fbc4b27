/** Requests that nobody recorded: attacks of all classes, and benign traffic that looks like them. The same seed writes the same. */
import type { Random } from "../../demo/random.ts";
import type { AttackRequest, BenignRequest } from "../request.ts";
import { ATTACK_GENERATORS } from "./attacks/index.ts";
import { BENIGN_GENERATORS } from "./benign/index.ts";
import { EXPLOITS, writeExploit } from "./exploits.ts";

/** The generators, each as often as its weight. */
function weighted<T extends { weight: number }>(generators: readonly T[]): T[] {
  return generators.flatMap((generator) => Array<T>(generator.weight).fill(generator));
}

const ATTACKS = weighted(ATTACK_GENERATORS);
const BENIGN = weighted(BENIGN_GENERATORS);

/** Share of whole exploit requests among the attacks. */
const EXPLOIT_SHARE = 0.18;

function generateExploit(random: Random, id: string): AttackRequest {
  const exploit = random.pick(EXPLOITS);
  const draft = writeExploit(random, exploit);
  return {
    id,
    label: "malicious",
    category: "exploit",
    class: exploit.class,
    place: `exploit:${exploit.name}`,
    ...draft,
  };
}

function generatePayload(random: Random, id: string): AttackRequest {
  const generator = random.pick(ATTACKS);
  const { draft, ...placed } = generator.generate(random);
  return { id, label: "malicious", category: generator.class, class: generator.class, ...placed, ...draft };
}

export function generateAttacks(random: Random, count: number): AttackRequest[] {
  return Array.from({ length: count }, (_, at) =>
    (random.chance(EXPLOIT_SHARE) ? generateExploit : generatePayload)(random, `attack-${at}`),
  );
}

export function generateBenign(random: Random, count: number): BenignRequest[] {
  return Array.from({ length: count }, (_, at) => {
    const generator = random.pick(BENIGN);
    return { id: `benign-${at}`, label: "benign", category: generator.name, ...generator.generate(random) };
  });
}
