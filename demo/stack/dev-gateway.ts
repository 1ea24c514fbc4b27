import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { RunningGateway } from "./gateway.ts";

/** Starts the stand-in as a process of its own. */
export async function startDevGateway(): Promise<RunningGateway> {
  const args = ["--import", "tsx", "dev-gateway/main.ts", "--trusted-ips", "127.0.0.1/32", "--workers", "2"];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const ready = new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once("line", resolve);
    void ended.then(() => reject(new Error(`dev-gateway did not start:\n${complaints}`)));
  });
  const { proxyUrl, adminUrl } = JSON.parse(await ready) as { proxyUrl: string; adminUrl: string };
  return {
    proxyPort: Number(new URL(proxyUrl).port),
    adminUrl,
    host: "127.0.0.1",
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
