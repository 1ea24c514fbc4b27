import { type Leftover, leftoversOf } from "./actions/leftovers.ts";
import { createDriver, type GatewayConfig } from "./drivers/index.ts";
import { forTerminal } from "./redaction/index.ts";

export interface ReapOptions {
  gateway: GatewayConfig;
  /** Epoch milliseconds. */
  now?: number;
  dryRun?: boolean;
  log?: (line: string) => void;
}

export interface ReapResult {
  removed: string[];
  /** Edited for a while, and now as before. */
  restored: string[];
  kept: string[];
  failed: string[];
}

/**
 * Ends what the agent left behind in Kong, by what is written on the entities alone: needs no database and no running agent. Only
 * what carries the agent's tags or markers and an expiry that has passed is touched.
 */
export async function reap(options: ReapOptions): Promise<ReapResult> {
  const { gateway, now = Date.now(), dryRun = false, log = () => undefined } = options;
  const driver = createDriver({ ...gateway, WRITE_INTERVAL_S: 0 });
  if (driver === null) throw new Error("no gateway is configured: set KONG_ADMIN_URL or KONNECT_CONTROL_PLANE_ID");
  const result: ReapResult = { removed: [], restored: [], kept: [], failed: [] };
  for (const leftover of leftoversOf(await driver.read(), now)) {
    const { entity, change, note } = leftover;
    if (note !== null) log(`${change === null ? "kept" : "note on"} ${nameOf(leftover)}: ${forTerminal(note)}`);
    if (change === null) {
      result.kept.push(entity.id);
      continue;
    }
    const verb = change.op === "delete" ? "remove" : "restore";
    try {
      if (!dryRun) await driver.apply([change]);
      result[`${verb}d`].push(entity.id);
      log(`${dryRun ? `would ${verb}` : `${verb}d`} ${nameOf(leftover)}`);
    } catch (error) {
      result.failed.push(entity.id);
      log(`could not ${verb} ${nameOf(leftover)}: ${forTerminal((error as Error).message)}`);
    }
  }
  const { removed, restored, kept, failed } = result;
  const would = dryRun ? "would be " : "";
  log(
    `${removed.length} ${would}removed, ${restored.length} ${would}restored, ${kept.length} kept, ${failed.length} failed`,
  );
  return result;
}

const nameOf = ({ type, entity }: Leftover): string =>
  forTerminal(`${String(entity.name ?? type)} ${entity.id} (${ownTags(entity).join(", ")})`);

const ownTags = ({ tags }: Leftover["entity"]): string[] =>
  (tags ?? []).filter((tag) => !tag.startsWith("tr:restore:"));
