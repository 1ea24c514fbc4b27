import type { Random } from "../../../demo/random.ts";
import type { World } from "../../../test/e2e/world.ts";

/** One row of the table of targets. `value` null: it was not measured, and `note` says why. */
export interface Row {
  name: string;
  value: number | null;
  unit: string;
  target: number;
  /** Is a larger value the better one? */
  atLeast?: boolean;
  met: boolean | null;
  note?: string;
}

export interface BenchOptions {
  random: Random;
  quick: boolean;
  say: (text: string) => void;
}

export interface Stage extends BenchOptions {
  world: World;
}

export function row(name: string, value: number, unit: string, target: number, extra: Partial<Row> = {}): Row {
  const rounded = Math.round(value * 1000) / 1000;
  const met = extra.atLeast === true ? value >= target : value <= target;
  return { name, value: rounded, unit, target, met, ...extra };
}

export const notMeasured = (name: string, unit: string, target: number, note: string): Row => ({
  name,
  value: null,
  unit,
  target,
  met: null,
  note,
});

export function formatRow({ name, value, unit, target, atLeast, met, note }: Row): string {
  const goal = `${atLeast === true ? "at least" : "at most"} ${target} ${unit}`;
  const state = met === null ? "NOT MEASURED" : met ? "met" : "NOT MET";
  const shown = value === null ? "-" : `${value} ${unit}`;
  return `${name}\n    ${shown.padEnd(16)} ${goal}: ${state}${note === undefined ? "" : `; ${note}`}`;
}
