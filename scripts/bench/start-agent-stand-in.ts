import { join } from "node:path";
import { startScript } from "../../test/support/processes.ts";

export const FEED_SECRET = "feed-secret-of-the-bench";

export async function startAgentStandIn(): Promise<{ url: string; stop(): Promise<void> }> {
  const script = await startScript(join(import.meta.dirname, "agent-stand-in.ts"), [
    "default",
    FEED_SECRET,
    "50000",
    "3",
  ]);
  return { url: `http://127.0.0.1:${script.ready.port}`, stop: () => script.stop() };
}
