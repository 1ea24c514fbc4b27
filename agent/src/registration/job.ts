import type { JobKind } from "../jobs/job-kind.ts";
import { isDryRun, type ResponseParts } from "../response-parts.ts";
import type { RegisterAuth } from "./entities.ts";
import { keepRegistered } from "./register.ts";

const REGISTER_JOB = "register";
const REGISTER_EVERY_MS = 60_000;

/** The members of the agent's configuration that matter here. */
export interface RegistrationConfig {
  GATEWAY_NAME: string;
  REGISTER_STATUS_ROUTE?: string | undefined;
  REGISTER_AUTH?: RegisterAuth | undefined;
  REGISTER_AGENT_URL?: string | undefined;
}

/** None unless it is asked for. At the start and now and then, so that a reload does not lose the route. */
export function registrationJobs(config: RegistrationConfig, parts: ResponseParts, ownUrl: () => string): JobKind[] {
  const path = config.REGISTER_STATUS_ROUTE;
  if (path === undefined) return [];
  const registration = () => ({
    gateway: config.GATEWAY_NAME,
    path,
    auth: config.REGISTER_AUTH ?? "key-auth",
    agentUrl: config.REGISTER_AGENT_URL ?? ownUrl(),
  });
  const { driver, mayAct, log } = parts;
  const registrar = { driver, mayAct, log, registration, dryRun: () => isDryRun(parts) };
  return [{ kind: REGISTER_JOB, everyMs: REGISTER_EVERY_MS, atStart: true, run: () => keepRegistered(registrar) }];
}
