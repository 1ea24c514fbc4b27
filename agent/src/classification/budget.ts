import { sql } from "kysely";
import { type Allowance, leftFor, NOTHING_USED, type Used } from "../policy/reserve.ts";
import { type Db, holdLock, inTransaction } from "../store/db.ts";
import type { Severity } from "../store/schema.ts";

export interface BudgetOptions {
  db: Db;
  gateway: string;
  /** Asked at every call: the policy may change. */
  limits: () => { hour: Allowance; day: Allowance };
  /** Failures in a row that open the breaker. */
  failures: number;
  open_ms: number;
  now: () => number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How often Claude may be asked: so many calls an hour and a day, parts of them kept for what is severe. All agents of a gateway spend
 * of one budget, which outlives restarts. After repeated failures this agent does not ask for a while.
 */
export class Budget {
  readonly #options: BudgetOptions;
  #failures = 0;
  #openUntil = 0;

  constructor(options: BudgetOptions) {
    this.#options = options;
  }

  /** Takes one call out of the budget, or says why there is none. */
  async take(severity: Severity): Promise<string | null> {
    const { db, gateway } = this.#options;
    const at = this.#options.now();
    if (at < this.#openUntil) return "Claude failed repeatedly and is not asked for a while";
    return inTransaction(db, async (transaction) => {
      await holdLock(transaction, `model:${gateway}`);
      const refused = await this.#refuse(transaction, severity, at);
      if (refused === null) await transaction.insertInto("model_calls").values({ gateway, at, severity }).execute();
      return refused;
    });
  }

  succeeded(): void {
    this.#failures = 0;
  }

  failed(): void {
    if (++this.#failures < this.#options.failures) return;
    this.#failures = 0;
    this.#openUntil = this.#options.now() + this.#options.open_ms;
  }

  async #refuse(db: Db, severity: Severity, now: number): Promise<string | null> {
    const { gateway, limits } = this.#options;
    const { hour, day } = limits();
    for (const [name, allowance, since] of [
      ["hour", hour, HOUR_MS],
      ["day", day, DAY_MS],
    ] as const) {
      if (leftFor(severity, allowance, await callsSince(db, gateway, now - since)) < 1)
        return `the budget of Claude calls for this ${name} is used up at severity ${severity}`;
    }
    return null;
  }
}

async function callsSince(db: Db, gateway: string, since: number): Promise<Used> {
  const calls = db.selectFrom("model_calls").select(["severity", sql<number>`count(*)`.as("count")]);
  const rows = await calls.where("gateway", "=", gateway).where("at", ">", since).groupBy("severity").execute();
  const used = { ...NOTHING_USED };
  for (const { severity, count } of rows) used[severity] = Number(count);
  return used;
}
