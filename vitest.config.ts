import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/**/*.test.ts",
      "kiosk-firmware/src/**/*.test.ts",
      "launcher/src/**/*.test.ts",
      "bench/src/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/.next/**"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A limit for a busy machine: what is polled for is there long before.
    expect: { poll: { timeout: 30_000 } },
  },
});
