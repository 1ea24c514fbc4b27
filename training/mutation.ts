/**
 * A greedy attacker that sees the score: of a few edits the best one is kept, round after round, until the request passes or the
 * edits are used up. Edits leave a payload what it is to its target, as far as a rewriting without a parser can.
 */
import type { Random } from "../demo/random.ts";
import { findCarrier } from "./carrier.ts";
import { expand, loadGrammar } from "./generators/grammar.ts";
import type { Draft } from "./request.ts";

export interface Judgement {
  score: number;
  caught: boolean;
}

export interface Mutated {
  request: Draft;
  caught: boolean;
  edits: number;
}

export interface Greedy {
  /** Judges requests in order. */
  judge(requests: Draft[]): Promise<Judgement[]>;
  /** Most edits of one request. */
  edits: number;
  /** How many are tried for each that is kept. */
  candidates: number;
}

type Edit = (random: Random, value: string) => string;

/** Rewrites one occurrence, chosen by chance. */
function once(pattern: RegExp, rewrite: (random: Random, text: string) => string): Edit {
  return (random, value) => {
    const found = [...value.matchAll(pattern)];
    if (found.length === 0) return value;
    const { 0: text, index } = random.pick(found);
    return value.slice(0, index) + rewrite(random, text) + value.slice(index + text.length);
  };
}

const prose = loadGrammar("prose");

const ANY: Edit[] = [
  (random, value) => `${expand(random, prose, "english")} ${value}`,
  (random, value) => `${value} ${expand(random, prose, "english")}`,
  (random, value) => `${expand(random, prose, "word")} ${value}`,
  (random, value) => `${value} ${expand(random, prose, "word")}`,
  once(/ /g, (random) => random.pick(["\t", "\n", "  ", "\r\n"])),
];

const LETTER_CASE = once(/[a-z]/gi, (_, unit) =>
  unit === unit.toLowerCase() ? unit.toUpperCase() : unit.toLowerCase(),
);

const SQL: Edit[] = [
  LETTER_CASE,
  once(/ /g, (random) => random.pick(["/**/", "/*a*/", "--\n", "\v"])),
  once(/\d+/g, (random, text) => random.pick([`${text}.0`, `(${text})`, `0${text}`, `${text}e0`])),
  once(/=/g, (random) => random.pick([" like ", " rlike ", "<=>", " = "])),
  once(/\bor\b/gi, (random) => random.pick(["||", "oR"])),
  once(/\band\b/gi, (random) => random.pick(["&&", "aNd"])),
  once(/--|#/g, (random) => random.pick(["-- -", "#", ";%00"])),
  once(/'[^']*'/g, (_, text) => `0x${Buffer.from(text.slice(1, -1), "utf8").toString("hex")}`),
];

const SCRIPT: Edit[] = [
  LETTER_CASE,
  once(/ /g, (random) => random.pick(["/", "\t", "\n", " a=b "])),
  once(/[a-z]/g, (_, unit) => `&#${unit.charCodeAt(0)};`),
  once(/\balert\b/g, (random) => random.pick(["confirm", "prompt", "print", "top['al'+'ert']", "(alert)"])),
  once(/\(([^()]*)\)/g, (_, text) => `\`${text.slice(1, -1)}\``),
  once(/=/g, (random) => random.pick([" = ", "=\n"])),
];

const SHELL: Edit[] = [
  once(/\b[a-z]{2,}\b/g, (random, text) => `${text[0]}${random.pick(["''", '""', "\\", "$@"])}${text.slice(1)}`),
  once(/ /g, (random) => random.pick(["\u0024{IFS}", "\t", "<"])),
  once(/;/g, (random) => random.pick(["|", "\n", "&&", "||"])),
  once(/\//g, () => "/./"),
];

const PATH: Edit[] = [
  once(/\//g, (random) => random.pick(["//", "/./", "\\", "%2f", "/x/../"])),
  once(/\.\./g, (random) => random.pick(["%2e%2e", ".%2e", "....", "..;"])),
  once(/[a-z]/g, (_, unit) => `%${unit.charCodeAt(0).toString(16)}`),
];

function editsFor(payloadClass: string): Edit[] {
  if (/sql/.test(payloadClass)) return [...ANY, ...SQL];
  if (/xss/.test(payloadClass)) return [...ANY, ...SCRIPT];
  if (/cmd|shell|command/.test(payloadClass)) return [...ANY, ...SHELL];
  if (/traversal|lfi|path/.test(payloadClass)) return [...ANY, ...PATH];
  return ANY;
}

interface Running extends Mutated {
  score: number;
  edit: Edit[];
  candidates: Draft[];
}

function propose(random: Random, run: Running, count: number): Draft[] {
  const carrier = findCarrier(run.request);
  if (!carrier) return [];
  return Array.from({ length: count }, () => carrier.put(random.pick(run.edit)(random, carrier.value)));
}

function keepBest(run: Running, judged: Judgement[]): void {
  run.edits += 1;
  for (const [at, { score, caught }] of judged.entries()) {
    if (caught && score > run.score) continue;
    if (!run.caught && caught) continue;
    run.request = run.candidates[at]!;
    run.score = score;
    run.caught = caught;
  }
}

async function start(greedy: Greedy, attacks: readonly { request: Draft; payloadClass: string }[]): Promise<Running[]> {
  const judged = await greedy.judge(attacks.map(({ request }) => request));
  return attacks.map(({ request, payloadClass }, at) => ({
    request,
    edits: 0,
    ...judged[at]!,
    edit: editsFor(payloadClass),
    candidates: [],
  }));
}

/** Mutates many attacks at once, so that each round is judged in one go. */
export async function mutateGreedily(
  random: Random,
  attacks: readonly { request: Draft; payloadClass: string }[],
  greedy: Greedy,
): Promise<Mutated[]> {
  const runs = await start(greedy, attacks);
  for (let round = 0; round < greedy.edits; round += 1) {
    const caught = runs.filter((run) => run.caught);
    for (const run of caught) run.candidates = propose(random, run, greedy.candidates);
    const judged = await greedy.judge(caught.flatMap(({ candidates }) => candidates));
    let at = 0;
    for (const run of caught) {
      keepBest(run, judged.slice(at, at + run.candidates.length));
      at += run.candidates.length;
    }
    if (caught.length === 0) break;
  }
  return runs.map(({ request, caught, edits }) => ({ request, caught, edits }));
}
