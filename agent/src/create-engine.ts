import { createResponder } from "./responder.ts";
import type { EngineOptions, ResponseEngine } from "./response-engine.ts";

/** Where the response half is plugged in. */
export async function createEngine(options: EngineOptions): Promise<ResponseEngine> {
  const responder = createResponder(options);
  await responder.start();
  return responder;
}
