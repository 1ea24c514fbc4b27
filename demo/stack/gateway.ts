import { availableTargets, type Target } from "../../test/e2e/gateway/targets.ts";

export interface Choice {
  target: Target;
  name: string;
  why: string;
}

const NAMES: Record<Target, string> = {
  dev: "dev-gateway, a development stand-in for Kong",
  native: "Kong, as a process",
  docker: "Kong, in Docker",
};

/** A real Kong where there is one: Docker's, else the one that KONG_BIN names, else the stand-in. */
export function chooseGateway(wanted: Target | undefined): Choice {
  const available = availableTargets();
  if (wanted) {
    const { missing } = available[wanted];
    if (missing) throw new Error(`--gateway ${wanted} cannot be had: ${missing}`);
    return { target: wanted, name: NAMES[wanted], why: "as --gateway says" };
  }
  if (!available.docker.missing) return { target: "docker", name: NAMES.docker, why: "a Docker engine answers" };
  if (!available.native.missing) return { target: "native", name: NAMES.native, why: "KONG_BIN names it" };
  return { target: "dev", name: NAMES.dev, why: `${available.docker.missing}; ${available.native.missing}` };
}
