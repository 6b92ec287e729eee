import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { modelByEnvironment, modelWith, promelaOf } from "../../prove/promela.js";
import { hasSpin, Spin } from "../../prove/spin.js";
import type { Contract } from "../../rules/vocabulary.js";
import { DEFAULT_SHADOW, PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { architectureOf, cacheRule, commandRule, removal } from "../models/brute/architectures.js";
import { Draw } from "../models/brute/commands.js";
import { answerOf, type Drawn, drawContract, prove, scopeOf } from "./proofs.js";

const ONE = geometryOf("1x2 contexts=1 vms=1 domains=1 processes=1 host=4");
const SMALL = "tables=g0 targets=g1 remap=g1 contexts=no moves=no ranges=no queue=1 entries=-,rw";

/** Scopes that SPIN is through with soon, and how many contracts are drawn for each. */
const SCOPES: readonly [string, number][] = [
  ["entries=-,rw hosts=h1 at-once", 26],
  ["entries=r,rw hosts=h1 at-once", 4],
];

function machineOf({ cell, geometry }: Drawn): Machine {
  return new Machine({ ...cell, geometry });
}

/** A contract that owes the IOTLB or nothing: mostly enough, sometimes a little too little. */
function drawCell(seed: string, scopeText: string): Drawn {
  const draw = new Draw(seed);
  const negative = { notPresent: draw.chance(0.5), malformed: false };
  const gaps = draw.from([0, 0.1, 0.3]);
  const given = drawContract(draw);
  const contract: Contract = {
    ...given,
    rules: given.rules.map((rule, at) => {
      const isNew = at % 11 === 0;
      const isOwed = isNew ? negative.notPresent || draw.chance(0.5) : true;
      const range = rule.by === "host" || draw.chance(0.5) ? ("all" as const) : ("affected" as const);
      const due = { caches: ["iotlb" as const], range, process: "own" as const, global: "if-global" as const };
      return { ...rule, stages: isOwed && !draw.chance(gaps) ? [[due]] : [] };
    }),
  };
  const architecture = architectureOf(
    "iotlb",
    draw.from(["ordered", "unordered"] as const),
    [cacheRule("iotlb", ["domain", "process"], { negative })],
    [commandRule("iotlb", [removal("iotlb", ["address"])])],
  );
  return {
    cell: { architecture, contract, strategies: ["envelope"], shadow: DEFAULT_SHADOW, properties: PROPERTY_NAMES },
    geometry: ONE,
    scope: scopeOf(scopeText, ONE),
  };
}

function modelOf(drawn: Drawn) {
  const model = promelaOf(machineOf(drawn), drawn.scope);
  if (typeof model === "string") throw new Error(model);
  return model;
}

describe("the Promela model", () => {
  it("has the verdict of the proof, by SPIN, for 30 random contracts", ({ skip }) => {
    if (!hasSpin()) skip("spin and gcc are not installed");
    const answers = new Map<string, number>();
    for (const [words, count] of SCOPES) {
      const drawn = Array.from({ length: count }, (_, seed) => drawCell(`spin ${seed}`, `${SMALL} ${words}`));
      const spin = new Spin(modelByEnvironment(modelOf(drawn[0]!)), { optimise: false, megabytes: 600 });
      for (const one of drawn) {
        const proved = answerOf(prove(one).verdict) === "fixpoint" ? "holds" : "fails";
        const settings = modelOf(one).settings.join("");
        const found = spin.run({ NESTFUZZ_SETTINGS: settings });
        expect([words, settings, found]).toEqual([words, settings, proved]);
        answers.set(proved, (answers.get(proved) ?? 0) + 1);
      }
      spin.remove();
    }
    expect(Math.min(answers.get("holds") ?? 0, answers.get("fails") ?? 0)).toBeGreaterThan(4);
  });

  it("has its settings written into it, where it is to be read", () => {
    const model = modelOf(drawCell("one", SMALL));
    expect(modelWith(model)).toContain(`owes[0] = ${model.settings[0]}; owes[1] = ${model.settings[1]};`);
  });

  it.each([
    ["queue=2", "scopes with contexts=no, moves=no, ranges=no and queue=1"],
    ["tables=g0-g1 contexts=no moves=no ranges=no queue=1", "scopes with tables=g0"],
    ["tables=g0 remap=g1 contexts=no moves=no ranges=no queue=1", "scopes without bad and global entries"],
  ])("refuses %s with what it knows", (scope, known) => {
    expect(promelaOf(machineOf(drawCell("one", scope)), scopeOf(scope, ONE))).toContain(known);
  });
});
