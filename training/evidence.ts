/** What the plugin would know of each value before it weighs it: the model's score, the worst place, the rules that hold. */
import {
  bestWindow,
  type Dataset,
  decoded,
  fillDecoded,
  loadModel,
  type Sample,
  scoreText,
  wordGroups,
} from "./dataset.ts";
import { loadPayload } from "./lua-on-node/load.ts";
import { toText } from "./quantise.ts";
import { rulesDigest } from "./rules-digest.ts";

const { automaton, findMatches } = await loadPayload("confirm");
const { holdsLiteral } = await loadPayload("sift");
const { PLAIN } = await loadPayload("byte-classes");
const { beginInspection, DEFAULT_LIMITS } = await loadPayload("inspection");
const { surroundings } = await loadPayload("surroundings");
const { RULES } = await loadPayload("rules/index");

export const RULE_COUNT: number = RULES.length;

/** Of the rules that there are (rules-digest.ts). */
export const RULES_DIGEST: string = rulesDigest(RULES);

export interface Evidence {
  value: number;
  strength: number;
  /** The model's score of the second worst place. */
  beside: number;
  length: number;
  /** The worst place, in bytes. */
  from: number;
  to: number;
  /** Numbers of the rules that hold. */
  rules: number[];
}

/** As weigh.ts of the plugin has it. */
const APART = 96;

/** No value is left half judged for want of a budget. */
const UNBOUNDED = { ...DEFAULT_LIMITS, max_inspected_bytes: 1e9 };

function evidenceOf(data: Dataset, value: number): Evidence | undefined {
  beginInspection(UNBOUNDED);
  const length = fillDecoded(data.bytes[value]!);
  if (!holdsLiteral(automaton, PLAIN, decoded, 0, length)) return undefined;
  const strength: number = scoreText(0, length);
  const [from, to]: [number, number] = bestWindow();
  const [start, end] = surroundings(from, to, length);
  const matches: { number: number }[] = findMatches(start, end, data.at[value]!) ?? [];
  const rules = matches.map(({ number }) => number);
  const beside = Math.max(scoreText(0, Math.max(0, from - APART)), scoreText(Math.min(length, to + APART), length));
  return { value, strength, beside, length, from, to, rules };
}

/** Of each sample the values that the plugin would judge, with a model of these weights. */
export function gatherEvidence(
  data: Dataset,
  samples: readonly Sample[],
  weights: Int8Array,
  decay: number,
): Evidence[][] {
  loadModel({ words: wordGroups(), weights: toText(weights), decay });
  const known = new Map<number, Evidence | undefined>();
  const of = (value: number) => {
    if (!known.has(value)) known.set(value, evidenceOf(data, value));
    return known.get(value);
  };
  return samples.map(({ values }) => values.flatMap((value) => of(value) ?? []));
}
