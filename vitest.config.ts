import { availableParallelism } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

const slow = { testTimeout: 120_000, hookTimeout: 120_000 };
/** Vitest itself leaves one core idle, which is half of two. */
const computing = { maxWorkers: Math.max(2, availableParallelism()), isolate: false };
/** Real clocks: more than half of the time goes by waiting. */
const waiting = { maxWorkers: 2 * computing.maxWorkers, isolate: false };

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
          testTimeout: 30_000,
          hookTimeout: 60_000,
          ...computing,
        },
      },
      {
        // The plugin's own source is loaded on Node to be compared with what it compiles to.
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
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
