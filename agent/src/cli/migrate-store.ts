import { storeOptions } from "../agent.ts";
import { readConfig } from "../config.ts";
import { openStore } from "../store/open.ts";

/** Brings the schema up to date and ends; `serve` does it, too. */
export async function migrateStore(): Promise<void> {
  const store = await openStore(storeOptions(readConfig(process.env)));
  await store.close();
  process.stdout.write("The schema is up to date.\n");
}
