export interface BudgetOptions {
  calls_per_hour: number;
  /** Failures in a row that open the breaker. */
  failures: number;
  open_ms: number;
  now: () => number;
}

/** How often Claude may be asked: so many calls an hour, and none for a while after it failed repeatedly. */
export class Budget {
  readonly #options: BudgetOptions;
  #calls: number[] = [];
  #failures = 0;
  #openUntil = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Takes one call out of the budget, or says why there is none. */
  take(): string | null {
    const now = this.#options.now();
    if (now < this.#openUntil) return "Claude failed repeatedly and is not asked for a while";
    this.#calls = this.#calls.filter((at) => at > now - 3_600_000);
    if (this.#calls.length >= this.#options.calls_per_hour)
      return "the budget of Claude calls for this hour is used up";
    this.#calls.push(now);
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
}
