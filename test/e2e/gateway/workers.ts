import { eventually } from "../../support/eventually.ts";
import { call } from "../../support/http.ts";

/** The process ids of nginx's workers, as the node itself tells them. */
export async function workerPids(adminUrl: string): Promise<number[]> {
  const { json } = await call(`${adminUrl}/`);
  return (json.pids?.workers ?? []) as number[];
}

/** Waits until none of the workers before a reload is named any more. */
export async function untilReplaced(adminUrl: string, before: number[]): Promise<void> {
  await eventually(async () => {
    const now = await workerPids(adminUrl);
    if (now.length === 0 || now.some((pid) => before.includes(pid))) throw new Error("old workers are still there");
  }, 20_000);
}
