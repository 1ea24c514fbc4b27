import { type Leftover, leftoversOf } from "./actions/leftovers.ts";
import type { Change } from "./drivers/gateway.ts";
import { createDriver, type GatewayConfig, type GatewayDriver } from "./drivers/index.ts";
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

interface Ending {
  leftover: Leftover;
  change: Change;
}

/**
 * Ends what the agent left behind in Kong, by what is written on the entities alone: needs no database and no running agent. Only
 * what carries the agent's tags or markers and an expiry that has passed is touched.
 */
export async function reap(options: ReapOptions): Promise<ReapResult> {
  const { gateway, now = Date.now(), dryRun = false, log = () => undefined } = options;
  const driver = createDriver({ ...gateway, WRITE_INTERVAL_S: 0 }, { settle_ms: 0 });
  if (driver === null) throw new Error("no gateway is configured: set KONG_ADMIN_URL or KONNECT_CONTROL_PLANE_ID");
  const result: ReapResult = { removed: [], restored: [], kept: [], failed: [] };
  const endings: Ending[] = [];
  for (const leftover of leftoversOf(await driver.read(), now)) {
    const { entity, change, note } = leftover;
    if (note !== null) log(`${change === null ? "kept" : "note on"} ${nameOf(leftover)}: ${forTerminal(note)}`);
    if (change === null) {
      result.kept.push(entity.id);
      continue;
    }
    endings.push({ leftover, change });
  }
  const reasons = await endAll(driver, dryRun ? [] : endings);
  for (const [i, { leftover, change }] of endings.entries()) {
    const verb = change.op === "delete" ? "remove" : "restore";
    const why = reasons[i] ?? null;
    if (why === null) result[`${verb}d`].push(leftover.entity.id);
    else result.failed.push(leftover.entity.id);
    const told = why === null ? `${dryRun ? `would ${verb}` : `${verb}d`}` : `could not ${verb}`;
    log(`${told} ${nameOf(leftover)}${why === null ? "" : `: ${forTerminal(why)}`}`);
  }
  const { removed, restored, kept, failed } = result;
  const would = dryRun ? "would be " : "";
  log(
    `${removed.length} ${would}removed, ${restored.length} ${would}restored, ${kept.length} kept, ${failed.length} failed`,
  );
  return result;
}

/** Why each could not be ended, or null. One by one, so that none depends on another; but a document is posted once for all. */
async function endAll(driver: GatewayDriver, endings: readonly Ending[]): Promise<(string | null)[]> {
  const end = ({ change }: Ending) =>
    driver.apply([change]).then(
      () => null,
      (error: Error) => error.message,
    );
  if (endings.length > 0 && (await driver.probe()).kind === "dbless") return Promise.all(endings.map(end));
  const reasons: (string | null)[] = [];
  for (const ending of endings) reasons.push(await end(ending));
  return reasons;
}

const nameOf = ({ type, entity }: Leftover): string =>
  forTerminal(`${String(entity.name ?? type)} ${entity.id} (${ownTags(entity).join(", ")})`);

const ownTags = ({ tags }: Leftover["entity"]): string[] =>
  (tags ?? []).filter((tag) => !tag.startsWith("tr:restore:"));
