import { readConfig } from "../config.ts";
import { AgentError } from "../errors.ts";
import { reap } from "../reap.ts";

/** Works without the database and without a running agent; fails when something could not be removed. */
export async function reapEntities(dryRun: boolean): Promise<void> {
  const gateway = readConfig(process.env);
  if (gateway.KONG_ADMIN_URL === undefined && gateway.KONNECT_CONTROL_PLANE_ID === undefined) {
    throw new AgentError("CONFIG_INVALID", { problems: "  KONG_ADMIN_URL or KONNECT_CONTROL_PLANE_ID has to be set" });
  }
  const log = (line: string) => void process.stdout.write(`${line}\n`);
  const { failed } = await reap({ gateway, dryRun, log });
  if (failed.length > 0) process.exitCode = 1;
}
