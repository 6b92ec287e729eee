import { defineConfig } from "vitest/config";

// No test is about time: a slow machine must not turn one red.
// All cores: by default one is left idle, of two that is half.
export default defineConfig({ test: { globalSetup: "test/setup.ts", testTimeout: 120_000, maxWorkers: "100%" } });
