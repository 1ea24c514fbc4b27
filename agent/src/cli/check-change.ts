import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import picomatch from "picomatch";
import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { maskedPlugins } from "../preview/masked.ts";
import { securityRemoved } from "../preview/security.ts";
import { forTerminal } from "../redaction/index.ts";
import { whyNotRevert } from "../rollback/git/verify-revert.ts";
import { configuredBy } from "../rollback/state-files/configured-by.ts";
import type { StateFile } from "../rollback/state-files/parse.ts";

const write = (line: string): void => void process.stdout.write(`${forTerminal(line)}\n`);

/**
 * `check-change BASE HEAD`: two directories with state files. Says what protection the change takes away, by the files alone: no gateway, no agent and
 * no secret is needed. Ends with 1 when it takes some away.
 */
export function checkChange(base: string | undefined, head: string | undefined): void {
  if (base === undefined || head === undefined)
    throw new AgentError("INVALID_REQUEST", { problems: "check-change takes two directories, before and after" });
  const patterns = readConfig({ ...process.env }).STATE_FILES;
  const [before, after] = [base, head].map((directory) => configuredBy(stateFilesIn(directory, patterns)));
  if (before === undefined || after === undefined) return;
  const losses = securityRemoved(before, after);
  for (const { plugin, route_id, consumer_id, change, detail } of losses)
    write(
      `${plugin} is ${change} on ${route_id ?? "requests without a route"}${consumer_id === null ? "" : ` for ${consumer_id}`}: ${detail}`,
    );
  for (const { plugin, id, by } of maskedPlugins(before, after))
    write(`note: ${plugin}: ${by} takes the place of ${id} there`);
  if (losses.length === 0) write("No protection is taken away.");
  else process.exitCode = 1;
}

function stateFilesIn(directory: string, patterns: readonly string[]): StateFile[] {
  const isState = picomatch([...patterns]);
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => isState(path))
    .map((path) => ({ path, text: readFileSync(join(directory, path), "utf8") }));
}

/** `verify-revert SHA`: is merging HEAD into BASE exactly the inverse of the commit? Works on the repository in the current directory. */
export async function verifyRevert(
  sha: string | undefined,
  { head, base }: { head?: string; base?: string },
): Promise<void> {
  if (sha === undefined || head === undefined || base === undefined)
    throw new AgentError("INVALID_REQUEST", { problems: "verify-revert takes SHA --head COMMIT --base COMMIT" });
  const { STATE_FILES: patterns } = readConfig({ ...process.env });
  const why = await whyNotRevert({ directory: process.cwd(), sha, head, base, patterns });
  write(why === null ? `It takes back exactly ${sha}.` : `It is not the inverse of ${sha}: ${why}.`);
  if (why !== null) process.exitCode = 1;
}
