/**
 * The worker that is measured has the last core to itself; the load, the back end and everything else share the others. So what
 * a figure tells is the worker's doing, not the scheduler's. Children inherit the cores of who starts them.
 */
import { execFileSync } from "node:child_process";
import { cpus } from "node:os";

const LAST = cpus().length - 1;

function pin(pid: number, cores: string): void {
  if (LAST > 0) execFileSync("taskset", ["-a", "-p", "-c", cores, String(pid)], { stdio: "ignore" });
}

/** To be called before anything is started. */
export const leaveLastCore = (): void => pin(process.pid, `0-${LAST - 1}`);

export const giveLastCore = (pid: number): void => pin(pid, String(LAST));
