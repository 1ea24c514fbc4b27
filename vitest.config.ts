import { defineConfig } from "vitest/config";

/** `agent`: beside the code, in the process. The others run what was built, servers or databases. */
export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "agent", include: ["{agent/src,demo,scripts}/**/*.test.ts"] } },
      ...["store", "contract", "dev-gateway", "packaging", "e2e", "faults"].map((name) => ({
        extends: true as const,
        test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: 120_000, hookTimeout: 120_000 },
      })),
    ],
  },
});
