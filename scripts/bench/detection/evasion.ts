/** Attacks rewritten by each transform, and by a greedy attacker who sees the score: points of TPR that each costs the plugin. */
import type { Random } from "../../../demo/random.ts";
import { mutateGreedily } from "../../../training/mutation.ts";
import type { Draft } from "../../../training/request.ts";
import { TRANSFORMS, type Transform } from "../../../training/transforms.ts";
import type { Basis, Detail } from "./detail.ts";
import { judge, percent, rateOf } from "./judge.ts";

export interface Evading {
  request: Draft;
  payloadClass: string;
}

export interface Loss {
  name: string;
  total: number;
  /** Percent. */
  before: number;
  after: number;
}

/** A payload by itself, so that transforms change it and nothing else. */
export function evading(payload: string, payloadClass: string): Evading {
  const headers = { Host: "api.example.com", "User-Agent": "Mozilla/5.0", Accept: "*/*" };
  const request = { method: "GET", path: "/", query: `q=${encodeURIComponent(payload)}`, headers, body: "" };
  return { request, payloadClass };
}

export function pickEvading(random: Random, attacks: readonly Evading[], count: number): Evading[] {
  return Array.from({ length: attacks.length === 0 ? 0 : count }, () => random.pick(attacks));
}

async function measureLoss(random: Random, transform: Transform, attacks: readonly Evading[]): Promise<Loss> {
  const pairs = attacks.flatMap(({ request, payloadClass }) => {
    const changed = transform.apply(random, request, payloadClass);
    return changed ? [{ request, changed }] : [];
  });
  const before = rateOf(await judge(pairs.map(({ request }) => request)));
  const after = rateOf(await judge(pairs.map(({ changed }) => changed)));
  const share = ({ blocked, total }: typeof before) => percent(blocked, total);
  return { name: transform.name, total: pairs.length, before: share(before), after: share(after) };
}

export async function measureLosses(random: Random, attacks: readonly Evading[]): Promise<Loss[]> {
  const losses: Loss[] = [];
  for (const transform of TRANSFORMS) losses.push(await measureLoss(random, transform, attacks));
  return losses;
}

const EDITS = 50;
const CANDIDATES = 6;

export async function measureGreedy(random: Random, attacks: readonly Evading[]): Promise<Loss> {
  const mutated = await mutateGreedily(random, attacks, {
    judge: async (requests) => (await judge(requests)).map(({ score, blocked }) => ({ score, caught: blocked })),
    edits: EDITS,
    candidates: CANDIDATES,
  });
  const before = rateOf(await judge(attacks.map(({ request }) => request)));
  const caught = mutated.filter((one) => one.caught).length;
  return {
    name: `greedy mutation, at most ${EDITS} edits`,
    total: mutated.length,
    before: percent(before.blocked, before.total),
    after: percent(caught, mutated.length),
  };
}

const ENCODERS = TRANSFORMS.filter(({ name }) => /URL|entities|escapes|full-width|base64/.test(name));
const MOVES = TRANSFORMS.filter(({ name }) => name.startsWith("moved"));

/** One rewriting and then another. */
function chain(name: string, first: readonly Transform[], second: readonly Transform[]): Transform {
  return {
    name,
    apply: (random, request, payloadClass) => {
      const once = random.pick(first).apply(random, request, payloadClass);
      return once && random.pick(second).apply(random, once, payloadClass);
    },
  };
}

/** As suites do that write each payload in several encodings to several places. */
export function measureEncoded(random: Random, attacks: readonly Evading[]): Promise<Loss> {
  return measureLoss(random, chain("an encoding, in any place", ENCODERS, MOVES), attacks);
}

export function measureTwiceEncoded(random: Random, attacks: readonly Evading[]): Promise<Loss> {
  return measureLoss(random, chain("two encodings over each other", ENCODERS, ENCODERS), attacks);
}

export function lossDetails(losses: readonly Loss[], basis: Basis): Detail[] {
  return losses.map(({ name, total, before, after }) => ({
    section: "evasion: points of TPR lost",
    name: `${name} (${before.toFixed(1)} → ${after.toFixed(1)} %)`,
    basis,
    value: Math.round(100 * (before - after)) / 100,
    unit: "points",
    total,
  }));
}
