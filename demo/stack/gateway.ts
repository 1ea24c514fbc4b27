import { spawnSync } from "node:child_process";
import type { GatewayChoice } from "../options.ts";
import { startDevGateway } from "./dev-gateway.ts";

export interface RunningGateway {
  proxyPort: number;
  adminUrl: string;
  /** How the gateway reaches this machine. */
  host: string;
  stop(): Promise<void>;
}

export interface Choice {
  kind: GatewayChoice;
  name: string;
  why: string;
}

function dockerAnswers(): boolean {
  return spawnSync("docker", ["info"], { stdio: "ignore", timeout: 10_000 }).status === 0;
}

/** A real Kong where there is one: Docker's, else the one that KONG_BIN names, else the stand-in. */
export function chooseGateway(wanted: GatewayChoice | undefined): Choice {
  const why = (reason: string) => (wanted ? "as --gateway says" : reason);
  const names = { dev: "dev-gateway, a development stand-in for Kong", native: "Kong", docker: "Kong in Docker" };
  const choice = (kind: GatewayChoice, reason: string) => ({ kind, name: names[kind], why: why(reason) });
  if (wanted === "docker" || (!wanted && dockerAnswers())) return choice("docker", "a Docker engine answers");
  if (wanted === "native" || (!wanted && process.env.KONG_BIN)) return choice("native", "KONG_BIN names it");
  return choice("dev", "no Docker engine answers and KONG_BIN is not set");
}

export function startGateway(kind: GatewayChoice): Promise<RunningGateway> {
  if (kind === "dev") return startDevGateway();
  throw new Error(`the demo cannot start the gateway ${kind} yet`);
}
