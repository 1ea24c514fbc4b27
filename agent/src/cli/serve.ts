import { startAgent } from "../agent.ts";
import { readConfig } from "../config.ts";
import { createLog } from "../log.ts";

const GRACE_MS = 15_000;

/** Runs until SIGTERM or SIGINT; a second one, or a close that takes too long, ends it at once. */
export async function serve(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.LOG_LEVEL);
  const agent = await startAgent(config, log);
  log.info({ url: agent.url, dry_run: config.DRY_RUN, store: agent.store.kind }, "The agent listens.");
  if (!config.INGEST_KEYS) log.warn("INGEST_KEYS is not set: no gateway can report.");
  if (!config.API_TOKENS) log.warn("API_TOKENS is not set: nobody can use the API.");
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, resolve);
  });
  log.info({ signal }, "Closing.");
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => process.exit(1));
  setTimeout(() => process.exit(1), GRACE_MS).unref();
  await agent.close();
}
