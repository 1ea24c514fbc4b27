import { defineConfig } from "vitest/config";

/** `beside`: in the process, beside the code. `built`: what runs built output, servers or databases. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "beside",
          include: ["{agent,contract,demo,dev-gateway,scripts,training}/**/*.test.ts"],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: { name: "built", include: ["test/**/*.test.ts"], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
