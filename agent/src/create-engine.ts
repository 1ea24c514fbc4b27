import { AgentError } from "./errors.ts";
import type { EngineOptions, ResponseEngine } from "./response-engine.ts";

/** Where the response half is plugged in. */
export async function createEngine({ log }: EngineOptions): Promise<ResponseEngine> {
  log.warn("This agent has no response part: it only observes.");
  return {
    kinds: [],
    undo: () => Promise.reject(new AgentError("NOT_FOUND")),
    driver: async () => ({ name: "none", ok: true, detail: null }),
    claude: { enabled: false, model: null },
    close: async () => undefined,
  };
}
