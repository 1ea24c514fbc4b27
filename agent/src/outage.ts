import type { Log } from "./log.ts";

/** What may be away, in the log's words. */
export interface Needed {
  /** Whether an error says that it is. */
  isDown: (error: unknown) => boolean;
  name: string;
  /** What goes on meanwhile, and what to do. */
  advice: (error: unknown) => string;
}

const REMIND_MS = 60_000;

/**
 * Everything asks the database and the gateway several times a second, and all of it fails while one of them is away. The log hears of it when it begins,
 * once a minute while it lasts, and when it is over.
 */
export class Outage {
  readonly #log: Pick<Log, "error" | "info">;
  readonly #needed: Needed;
  #since: number | null = null;
  #saidAt = 0;
  #failures = 0;

  constructor(log: Pick<Log, "error" | "info">, needed: Needed) {
    this.#log = log;
    this.#needed = needed;
  }

  get isOn(): boolean {
    return this.#since !== null;
  }

  /** Takes note of an error if the outage explains it; any other is the caller's to tell. */
  explains(error: unknown, now = Date.now()): boolean {
    const { isDown, name, advice } = this.#needed;
    if (!isDown(error)) return false;
    this.#failures += 1;
    if (this.#since !== null && now - this.#saidAt < REMIND_MS) return true;
    const still = this.#since === null ? "" : ` for ${Math.round((now - this.#since) / 1000)} s`;
    this.#since ??= now;
    this.#saidAt = now;
    const fields = { error: (error as Error).message, failures: this.#failures };
    this.#log.error(fields, `${name} does not answer as it should${still}: ${advice(error)}`);
    return true;
  }

  /** It was asked and has answered. */
  over(now = Date.now()): void {
    if (this.#since === null) return;
    const after_s = Math.round((now - this.#since) / 1000);
    this.#log.info({ after_s, failures: this.#failures }, `${this.#needed.name} answers again.`);
    this.#since = null;
    this.#failures = 0;
  }
}
