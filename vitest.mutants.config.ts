import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The tests that a mutant of one room meets (`npm run mutants`): those of the room's own folder, the long ones last,
 * since a run ends at the first that fails. Left out are two that search for minutes and say little of one line.
 */
const room = process.env.NESTFUZZ_MUTANTS_ROOM ?? "*";
const LAST = [
  "test/models/oracle",
  "test/models/hardware.test",
  "test/models/exactness",
  "test/rules/bad",
  "test/rules/builtin",
];

class ShortFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => LAST.findIndex((name) => moduleId.includes(name));
    return files.sort((a, b) => rank(a) - rank(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

export default defineConfig({
  test: {
    include: [`test/${room}/**/*.test.ts`],
    exclude: ["runs/**", "test/shrinkers/{uniqueness,quality}.test.ts"],
    testTimeout: 120_000,
    sequence: { sequencer: ShortFirst },
  },
});
