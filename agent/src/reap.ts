import { createAdminApiDriver } from "./drivers/admin-api.ts";
import { createAdminClient } from "./drivers/admin-client.ts";
import { expiryOf, OWNER_TAG } from "./drivers/tags.ts";
import { forTerminal } from "./redaction/index.ts";

export interface ReapOptions {
  adminUrl: string;
  token?: string | undefined;
  /** Epoch milliseconds. */
  now?: number;
  dryRun?: boolean;
  log?: (line: string) => void;
}

export interface ReapResult {
  removed: string[];
  kept: string[];
  failed: string[];
}

/**
 * Removes what the agent left behind in Kong, by the tags on the entities alone: needs no database and no running agent. Only
 * what carries the owner tag and an expiry that has passed is touched.
 */
export async function reap(options: ReapOptions): Promise<ReapResult> {
  const { adminUrl, token, now = Date.now(), dryRun = false, log = () => undefined } = options;
  const driver = createAdminApiDriver(createAdminClient({ url: adminUrl, token }));
  const result: ReapResult = { removed: [], kept: [], failed: [] };
  for (const entity of await driver.listPlugins(OWNER_TAG)) {
    const name = forTerminal(`${entity.name} ${entity.id} (${(entity.tags ?? []).join(", ")})`);
    const kept = whyKept(expiryOf(entity.tags), now);
    if (kept !== null) {
      result.kept.push(entity.id);
      log(`kept ${name}: ${kept}`);
      continue;
    }
    try {
      if (!dryRun) await driver.deletePlugin(entity.id);
      result.removed.push(entity.id);
      log(`${dryRun ? "would remove" : "removed"} ${name}`);
    } catch (error) {
      result.failed.push(entity.id);
      log(`could not remove ${name}: ${forTerminal((error as Error).message)}`);
    }
  }
  const verb = dryRun ? "would be removed" : "removed";
  log(`${result.removed.length} ${verb}, ${result.kept.length} kept, ${result.failed.length} failed`);
  return result;
}

function whyKept(expires_at: number | null, now: number): string | null {
  if (expires_at === null) return "no expiry on it";
  return expires_at * 1000 > now ? `until ${new Date(expires_at * 1000).toISOString()}` : null;
}
