import { describe, expect, it } from "vitest";
import { sampleGenes } from "../../commands/arbitrary.js";
import { decodeAll, encodeAll, KIND, STRIDE } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import { allContexts } from "../../models/start.js";
import { TargetRunner } from "../../search/target-runner.js";
import type { Target } from "../../targets/target.js";
import { FakeTarget, geometry, tinyCell } from "./targets.js";

function sequence(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(text);
  return encodeAll(parsed.commands);
}

const runnerOn = (target: Target, contract = "tiny"): TargetRunner =>
  new TargetRunner(tinyCell(contract), target, geometry, allContexts(geometry));

describe("judging a target", () => {
  const STALE = "dma r c0 i0; w g4[0]=leaf g9 rw; dma r c0 i0";

  it("lets pass what is stale while an invalidation is owed, and counts it", () => {
    const runner = runnerOn(new FakeTarget("forgets-nothing"));
    expect(runner.runCommands(sequence(STALE))).toBeNull();
    expect(runner.answers).toEqual([8, 8]);
    expect(runner.stale).toBe(1);
  });

  it("finds what is stale behind the invalidation, by the step that asks and how bad it is", () => {
    const discharged = `${STALE}; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence; dma r c0 i0`;
    expect(runnerOn(new FakeTarget("keeps")).runCommands(sequence(discharged))).toBeNull();
    const failure = runnerOn(new FakeTarget("forgets-nothing")).runCommands(sequence(discharged));
    expect(failure).toMatchObject({ step: 7, trouble: null, answers: [8, 8, 8] });
    expect(failure!.violation).toMatchObject({
      ...{ property: "agreement", strategy: "target", context: 0, page: 0, access: 0, expected: 9, actual: 8 },
      severity: "wrong-page",
    });
  });

  it("finds what no cache may hold although something is owed: refinement", () => {
    const other = { ...new FakeTarget("fresh") } as unknown as Target;
    const wrong: Target = Object.assign(Object.create(FakeTarget.prototype) as Target, other, {
      begin: () => ({ step() {}, send() {}, finish: () => ({ outcomes: [8, 12], trouble: null, stderr: [] }) }),
    });
    const failure = runnerOn(wrong).runCommands(sequence(STALE));
    expect(failure!.violation).toMatchObject({
      property: "refinement",
      expected: 9,
      actual: 12,
      severity: "wrong-page",
    });
  });

  it("settles at once what the contract owes nothing for", () => {
    expect(runnerOn(new FakeTarget("forgets-nothing"), "never").runCommands(sequence(STALE))).toMatchObject({
      step: 2,
    });
  });

  it("does not compare what has no answer, and counts the sequence", () => {
    const none: Target = Object.assign(new FakeTarget("fresh"), {
      begin: () => ({ step() {}, send() {}, finish: () => ({ outcomes: [8, null], trouble: null, stderr: [] }) }),
    });
    const runner = runnerOn(none);
    expect(runner.runCommands(sequence(STALE))).toBeNull();
    expect(runner.inconclusive).toBe(1);
  });

  it("ends a target that is in trouble, and says which step that was", () => {
    const target = Object.assign(new FakeTarget("fresh"), {
      begin: () => ({
        ...{ step() {}, send() {} },
        finish: () => ({ outcomes: [8], trouble: { step: 1, what: "went home" }, stderr: ["bye"] }),
      }),
    });
    const failure = runnerOn(target).runCommands(sequence(STALE));
    expect(failure).toMatchObject({
      step: 1,
      trouble: "went home",
      stderr: ["bye"],
      violation: { property: "response" },
    });
    expect(target.calls).toEqual(["restart"]);
  });
});

describe("sequences for a target", () => {
  it("have no command that it refuses, and many translations", () => {
    const refuses = (commands: Float64Array, at: number): boolean => commands[at * STRIDE] === KIND.stage2;
    const runner = runnerOn(new FakeTarget("fresh", refuses));
    const kinds = sampleGenes(1, 20).flatMap((genes) => {
      const sent = runner.sendGenes(genes);
      expect(runner.judge(sent)).toBeNull();
      return decodeAll(sent.commands).map(({ kind }) => kind);
    });
    expect(kinds).not.toContain("stage2");
    expect(kinds.filter((kind) => kind === "dma").length).toBeGreaterThan(kinds.length / 4);
    expect(runner.commandCount).toBe(kinds.length);
    expect(runner.translations).toBe(kinds.filter((kind) => kind === "dma").length);
  });

  it("are the same for the same genes, whatever the target answers", () => {
    const [genes] = sampleGenes(5, 1) as [number[]];
    const texts = (["fresh", "keeps"] as const).map((behaviour) => {
      const { commands } = runnerOn(new FakeTarget(behaviour)).sendGenes(genes);
      return decodeAll(commands).map(printCommand).join("; ");
    });
    expect(texts[0]).toBe(texts[1]);
  });

  it("are themselves again when they are sent as commands", () => {
    const runner = runnerOn(new FakeTarget("fresh"));
    const first = runner.sendGenes(sampleGenes(6, 1)[0]!);
    runner.judge(first);
    const again = runner.sendCommands(first.commands);
    expect(again.commands).toEqual(first.commands);
    expect(again.questions.map(({ step, expected }) => [step, expected])).toEqual(
      first.questions.map(({ step, expected }) => [step, expected]),
    );
    expect(runner.accepted(first.commands)).toEqual(first.commands);
  });
});
