import { defineConfig } from "vitest/config";

// No test is about time: a slow machine must not turn one red.
export default defineConfig({ test: { testTimeout: 120_000 } });
