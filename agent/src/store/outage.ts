import type { Log } from "../log.ts";

/** The pool's own words, and SQLSTATE of a server that cannot be reached, starts, stops or has no connection left. */
const DOWN = /^(ECONN\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08\w{3}|57P0\d|53300)$/;
const DOWN_WORDS = /^(Connection terminated|timeout exceeded when trying to connect)/;
const REMIND_MS = 60_000;

/** Whether that is what a database says that cannot be asked, or what is said of one. */
export function isStoreDown(error: unknown): boolean {
  const { code, message, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // A socket that is not there, and no missing file or program.
  if (code === "ENOENT") return syscall === "connect";
  return DOWN.test(code ?? "") || DOWN_WORDS.test(message ?? "");
}

/**
 * Everything asks the database several times a second, and all of it fails while the database is away. The log hears of it when it begins, once a
 * minute while it lasts, and when it is over.
 */
export class StoreOutage {
  readonly #log: Log;
  #since: number | null = null;
  #saidAt = 0;
  #failures = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  get isOn(): boolean {
    return this.#since !== null;
  }

  /** Takes note of an error if the outage explains it; any other is the caller's to tell. */
  explains(error: unknown, now = Date.now()): boolean {
    if (!isStoreDown(error)) return false;
    this.#failures += 1;
    if (this.#since !== null && now - this.#saidAt < REMIND_MS) return true;
    const still = this.#since === null ? "" : ` for ${Math.round((now - this.#since) / 1000)} s`;
    this.#since ??= now;
    this.#saidAt = now;
    this.#log.error(
      { error: (error as Error).message, failures: this.#failures },
      `The database does not answer${still}: gateways keep their reports and decisions until it does. Check it, and DATABASE_URL.`,
    );
    return true;
  }

  /** The database was asked and has answered. */
  over(now = Date.now()): void {
    if (this.#since === null) return;
    const after_s = Math.round((now - this.#since) / 1000);
    this.#log.info({ after_s, failures: this.#failures }, "The database answers again.");
    this.#since = null;
    this.#failures = 0;
  }
}
