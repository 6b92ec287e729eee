import { configDefaults, defineConfig } from "vitest/config";

// No test is about time: a slow machine must not turn one red.
// All cores: by default one is left idle, of two that is half.
// runs/ may hold copies of the tests: an interrupted `npm run mutants` leaves one.
export default defineConfig({
  test: {
    globalSetup: "test/setup.ts",
    testTimeout: 120_000,
    maxWorkers: "100%",
    // Files of one worker share what they load: loading it anew for each took a fifth of the time.
    isolate: false,
    exclude: [...configDefaults.exclude, "runs/**"],
  },
});
