import type { Needed } from "../outage.ts";

/** The pool's own words, and SQLSTATE of a server that cannot be reached, starts, stops or has no connection left. */
const DOWN = /^(ECONN\w+|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|08\w{3}|57P0\d|53300)$/;
const DOWN_WORDS = /^(Connection terminated|timeout exceeded when trying to connect)/;

/** Whether that is what a database says that cannot be asked, or what is said of one. */
export function isStoreDown(error: unknown): boolean {
  const { code, message, syscall } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  // A socket that is not there, and no missing file or program.
  if (code === "ENOENT") return syscall === "connect";
  return DOWN.test(code ?? "") || DOWN_WORDS.test(message ?? "");
}

export const STORE: Needed = {
  isDown: isStoreDown,
  name: "The database",
  advice: () => "gateways keep their reports and decisions until it does. Check it, and DATABASE_URL.",
};
