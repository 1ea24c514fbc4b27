import { z } from "zod";
import type { AppOptions } from "../app.ts";
import { OPERATORS, VIEWERS } from "../auth/access.ts";
import { AgentError } from "../errors.ts";
import { type KillSwitchSources, switchesOn, turnOff, turnOn } from "../policy/kill-switch.ts";
import { KILL_SWITCH_MODES } from "../store/schema.ts";
import type { TypedApp } from "./typed-app.ts";

const body = z
  .strictObject({ mode: z.enum(KILL_SWITCH_MODES).default("stop"), reason: z.string().trim().max(500).default("") })
  .nullish()
  .transform((given) => given ?? { mode: "stop" as const, reason: "" });

export function killSwitchOf({ config, store: { db } }: Pick<AppOptions, "config" | "store">): KillSwitchSources {
  const { GATEWAY_NAME: gateway, KILL_SWITCH_FILE: file, KILL_SWITCH: environment } = config;
  return { db, gateway, file, environment };
}

/** Ends all acting at once, for every agent of the gateway, until it is lifted; detection in the gateway goes on. */
export function killSwitchRoutes(app: TypedApp, options: AppOptions): void {
  const sources = killSwitchOf(options);
  const { db, gateway } = sources;
  const state = async () => ({ kill_switch: await switchesOn(sources) });

  app.get("/v1/kill-switch", { config: { access: VIEWERS } }, state);

  app.post("/v1/kill-switch", { config: { access: OPERATORS }, schema: { body } }, async ({ body, actor }, reply) => {
    await turnOn(db, { gateway, ...body, set_by: actor, set_at: Date.now() });
    return reply.code(201).send(await state());
  });

  app.delete("/v1/kill-switch", { config: { access: OPERATORS } }, async ({ actor }) => {
    if (!(await turnOff(db, gateway, actor, Date.now()))) throw new AgentError("NOT_FOUND");
    return state();
  });
}
