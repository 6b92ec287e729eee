import { describe, expect, it } from "vitest";
import { checkContract, checkStrategy, defineStrategy, RulesError } from "../../verdicts/library.js";

const FAULTY = defineStrategy({
  name: "faulty",
  create: () => ({
    step() {},
    translate() {
      throw new TypeError("no table");
    },
  }),
});

describe("the library", () => {
  // What it finds is in examples/strategy.test.ts, which uses it as an outsider does.
  it("throws what is wrong with the rules, a line a mistake", async () => {
    await expect(checkContract("tini")).rejects.toThrow(/^tini:1:1: NF130 no contract is called "tini"/);
    await expect(checkContract("tiny cm=1")).rejects.toThrow(RulesError);
    await expect(checkContract("tiny", { architecture: "none.yaml" })).rejects.toThrow(/NF101/);
    await expect(checkStrategy(FAULTY, { contract: "tiny", geometry: "9x9" })).rejects.toThrow(/^geometry: /);
  });

  it("takes what a strategy throws, or answers that are none, for a finding of that step", async () => {
    const thrown = await checkStrategy(FAULTY, { contract: "tiny", commands: 500 });
    expect(thrown.findings[0]).toMatchObject({
      failure: { property: "response", strategy: "target" },
      target: { name: "faulty", version: "0", trouble: "threw TypeError: no table" },
    });
    const answers = (answer: unknown) =>
      checkStrategy(
        { name: "odd", version: "2", create: () => ({ step() {}, translate: () => answer as number }) },
        { contract: "tiny", commands: 500 },
      );
    for (const odd of [-1, 1.5, "h8", undefined]) {
      const { findings } = await answers(odd);
      expect(findings[0]!.target!.trouble).toMatch(/^threw Error: translate gave .*; known: the number of a host page/);
    }
    expect((await answers(9999)).findings[0]!.failure.property).toMatch(/agreement|refinement/);
  });

  it("gives the same for equal seeds", async () => {
    const deaf = { name: "deaf", create: () => ({ step() {}, translate: () => "fault" as const }) };
    const run = async (seed: string) =>
      JSON.stringify(await checkStrategy(deaf, { contract: "tiny", commands: 300, seed }));
    expect(await run("1")).toBe(await run("1"));
  });
});
