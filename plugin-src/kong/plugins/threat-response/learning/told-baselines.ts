import {
  adoptBaseline,
  type Baseline,
  composeBaseline,
  isComplete,
  packBaseline,
  unpackBaseline,
} from "../baseline.ts";
import { counters } from "../counters.ts";
import type { ToldBaseline } from "./baseline-line.ts";

/** What the agent has told of usual rates, in the shared dictionary for all workers. It is told again every ten minutes while it holds. */
const KEEP_S = 1800;

const keyOf = (name: string): string => `ri${name}`;

export const keepTold = (told: ToldBaseline): void => {
  const { learned, isFresh } = told;
  counters.set(keyOf(learned.name), packBaseline(composeBaseline(learned, isFresh)), KEEP_S);
};

/** Fills in what this node has not learned by itself yet. */
export const adoptTold = (baseline: Baseline, name: string): void => {
  if (isComplete(baseline)) return;
  const [packed] = counters.get(keyOf(name));
  if (typeof packed === "string") adoptBaseline(baseline, unpackBaseline(packed));
};
