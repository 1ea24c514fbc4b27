import { randomBytes } from "node:crypto";
import { hashToken } from "../auth/access.ts";
import { SCOPES, type Scope } from "../config.ts";
import { AgentError } from "../errors.ts";

/** Prints a new token, which nobody can print again, and the entry for API_TOKENS, which holds only its hash. */
export function printToken(name: string, scope: string): void {
  if (!(SCOPES as readonly string[]).includes(scope) || name === "") {
    throw new AgentError("INVALID_REQUEST", {
      problems: `--scope has to be one of ${SCOPES.join(", ")}, --name not empty`,
    });
  }
  const token = `tr_${randomBytes(32).toString("base64url")}`;
  const entry = { name, scope: scope as Scope, sha256: hashToken(token) };
  process.stdout.write(`Token (shown once): ${token}\nEntry for API_TOKENS: ${JSON.stringify(entry)}\n`);
}
