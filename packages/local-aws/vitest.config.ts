import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    // As where all packages are tested: ../../vitest.config.ts.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
