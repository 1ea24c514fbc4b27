import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** A loaded machine may take long; how long is nowhere part of what is tested. */
const slow = { testTimeout: 120_000, hookTimeout: 120_000 };
const cores = availableParallelism();
/** Vitest itself leaves one core idle, which is half of two. */
const computing = { maxWorkers: Math.max(2, cores) };
/** Half of their time these wait for real clocks. */
const waiting = { maxWorkers: Math.min(Math.max(4, 2 * cores), 8) };
/** Files share a process and what it has loaded: what one leaves behind, the next one finds. */
const together = { isolate: false };

/**
 * `beside`: in the process, beside the code. `built`: what runs built output, servers or databases. `e2e`: on the gateway that
 * `test/e2e/main.ts` was asked for. `faults`: with processes killed and networks cut. The last two play against real clocks of several
 * processes: what fails is tried once more, and shown as flaky.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "beside",
          include: ["{agent,contract,demo,dev-gateway,scripts,training}/**/*.test.ts"],
          ...slow,
          ...computing,
          ...together,
        },
      },
      {
        // The plugin's own source is loaded on Node to be compared with what it compiles to. Its modules keep what they saw: no sharing.
        resolve: { alias: { ffi: join(import.meta.dirname, "training/lua-on-node/ffi.ts") } },
        test: {
          name: "built",
          include: ["test/**/*.test.ts"],
          exclude: ["test/{e2e,faults}/**"],
          ...slow,
          ...computing,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          retry: 1,
          ...slow,
          ...waiting,
          ...together,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          retry: 1,
          ...slow,
          ...waiting,
          ...together,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
