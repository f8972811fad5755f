import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // Every test makes its own world, so that a worker may go from file to file with what it has loaded.
    isolate: false,
    maxWorkers: "100%",
    include: [
      "bench/**/*.test.ts",
      "packages/**/*.test.ts",
      "runtimes/**/*.test.ts",
      "examples/**/*.test.ts",
      "scripts/**/*.test.ts",
      "test/**/*.test.ts",
    ],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
