import { type Allowance, leftFor, NOTHING_USED, type Used } from "../policy/reserve.ts";
import type { Severity } from "../store/schema.ts";

export interface BudgetOptions {
  /** Asked at every call: the policy may change. */
  limits: () => { hour: Allowance; day: Allowance };
  /** Failures in a row that open the breaker. */
  failures: number;
  open_ms: number;
  now: () => number;
}

const HOUR_MS = 3_600_000;

/**
 * How often Claude may be asked: so many calls an hour and a day, parts of them kept for what is severe, and none for a while after
 * it failed repeatedly. Of this process, from its start.
 */
export class Budget {
  readonly #options: BudgetOptions;
  #calls: { at: number; severity: Severity }[] = [];
  #failures = 0;
  #openUntil = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Takes one call out of the budget, or says why there is none. */
  take(severity: Severity): string | null {
    const now = this.#options.now();
    if (now < this.#openUntil) return "Claude failed repeatedly and is not asked for a while";
    this.#calls = this.#calls.filter(({ at }) => at > now - 24 * HOUR_MS);
    const { hour, day } = this.#options.limits();
    for (const [name, allowance, since] of [
      ["hour", hour, HOUR_MS],
      ["day", day, 24 * HOUR_MS],
    ] as const) {
      if (leftFor(severity, allowance, this.#usedSince(now - since)) < 1)
        return `the budget of Claude calls for this ${name} is used up at severity ${severity}`;
    }
    this.#calls.push({ at: now, severity });
    return null;
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    if (++this.#failures < this.#options.failures) return;
    this.#failures = 0;
    this.#openUntil = this.#options.now() + this.#options.open_ms;
  }

  #usedSince(since: number): Used {
    const used = { ...NOTHING_USED };
    for (const call of this.#calls) if (call.at > since) used[call.severity]++;
    return used;
  }
}
