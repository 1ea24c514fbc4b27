import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

export const TARGETS = ["dev", "native", "docker"] as const;
export type Target = (typeof TARGETS)[number];

export interface Availability {
  /** Why it cannot run here; undefined when it can. */
  missing: string | undefined;
}

function answers(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: "ignore", timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

function missingDev(): string | undefined {
  return answers("nginx", "-v") ? undefined : "nginx is not installed";
}

function missingNative(): string | undefined {
  const path = process.env.KONG_BIN;
  if (!path) return "KONG_BIN does not name a Kong";
  return existsSync(path) ? undefined : `KONG_BIN names ${path}, which is not there`;
}

function missingDocker(): string | undefined {
  return answers("docker", "version", "--format", "{{.Server.Version}}") ? undefined : "no Docker engine answers";
}

let known: Record<Target, Availability> | undefined;

/** Which gateways can be started here. Looked up once. */
export function availableTargets(): Record<Target, Availability> {
  known ??= {
    dev: { missing: missingDev() },
    native: { missing: missingNative() },
    docker: { missing: missingDocker() },
  };
  return known;
}
