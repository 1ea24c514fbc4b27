/** What every bench prints: the machine, the seed, and measures with their targets. */
import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";

export interface Measure {
  name: string;
  value: number;
  unit: string;
  /** Largest value that is still good; absent where the figure is only told. */
  target?: number;
  met?: boolean;
}

export function measured(name: string, value: number, unit: string, target?: number): Measure {
  const rounded = Math.round(value * 100) / 100;
  return target === undefined
    ? { name, value: rounded, unit }
    : { name, value: rounded, unit, target, met: value <= target };
}

export function machine() {
  const load = readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).map(Number);
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    kernel: release(),
    node: process.version,
    load,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function formatMeasure({ name, value, unit, target, met }: Measure): string {
  const goal = target === undefined ? "" : `  (at most ${target}: ${met ? "met" : "NOT met"})`;
  return `${name.padEnd(64)} ${value.toFixed(2).padStart(10)} ${unit}${goal}`;
}
