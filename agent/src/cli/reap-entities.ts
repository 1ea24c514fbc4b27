import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { reap } from "../reap.ts";

/** Works without the database and without a running agent; fails when something could not be removed. */
export async function reapEntities(dryRun: boolean): Promise<void> {
  const { KONG_ADMIN_URL, KONG_ADMIN_TOKEN } = readConfig(process.env);
  if (KONG_ADMIN_URL === undefined) {
    throw new AgentError("CONFIG_INVALID", { problems: "  KONG_ADMIN_URL has to be set" });
  }
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const { failed } = await reap({ adminUrl: KONG_ADMIN_URL, token: KONG_ADMIN_TOKEN, dryRun, log });
  if (failed.length > 0) process.exitCode = 1;
}
