import type { AppOptions } from "../app.ts";
import type { TypedApp } from "./typed-app.ts";

const PING_MS = 2_000;

export function healthRoutes(app: TypedApp, { store, engine }: AppOptions): void {
  app.get("/healthz", { config: { access: "public" } }, async () => ({ status: "ok" }));

  /** Ready means that events can be taken in; a gateway that cannot be configured is told, and does not make it unready. */
  app.get("/readyz", { config: { access: "public" } }, async (_request, reply) => {
    const [reachable, driver] = await Promise.all([answers(store.ping()), engine.driver()]);
    const body = {
      status: reachable ? "ready" : "not ready",
      store: reachable ? "ok" : "down",
      driver: driver.ok ? "ok" : "down",
    };
    return reply.code(reachable ? 200 : 503).send(body);
  });
}

export async function answers(work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), PING_MS);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
