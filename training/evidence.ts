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

const { automaton, findAlone, findMatches } = await loadPayload("confirm");
const { holdsLiteral } = await loadPayload("sift");
const { PLAIN } = await loadPayload("byte-classes");
const { beginInspection, DEFAULT_LIMITS } = await loadPayload("inspection");
const { surroundings, wordsAround } = await loadPayload("surroundings");
const { LONG } = await loadPayload("weigh");
const { RULES } = await loadPayload("rules/index");

export const RULE_COUNT: number = RULES.length;

/** Of the rules that there are (rules-digest.ts). */
export const RULES_DIGEST: string = rulesDigest(RULES);

export interface Evidence {
  value: number;
  strength: number;
  /** The model's score of the second worst place. */
  beside: number;
  /** And that on the other side of the worst. */
  both: number;
  length: number;
  /** The worst place, in bytes. */
  from: number;
  to: number;
  /** Numbers of the rules that hold. */
  rules: number[];
  /** Of those that hold only where the worst place of a text is taken for a whole value. */
  alone: number[];
}

interface Match {
  number: number;
  isAlone?: boolean;
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
  const at = data.at[value]!;
  const around: Match[] | undefined = findMatches(start, end, at);
  const matches: Match[] = (length > LONG ? findAlone(...wordsAround(from, to, length), at, around) : around) ?? [];
  const alone = matches.filter(({ isAlone }) => isAlone).map(({ number }) => number);
  const rules = matches.filter(({ isAlone }) => !isAlone).map(({ number }) => number);
  const before: number = scoreText(0, Math.max(0, from - APART));
  const behind: number = scoreText(Math.min(length, to + APART), length);
  const [beside, both] = [Math.max(before, behind), Math.min(before, behind)];
  return { value, strength, beside, both, length, from, to, rules, alone };
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
