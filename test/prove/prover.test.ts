import { describe, expect, it } from "vitest";
import { KIND, STRIDE } from "../../commands/command.js";
import { CACHE } from "../../models/unit.js";
import { Proof } from "../../prove/proof.js";
import { REDUCTIONS } from "../../prove/prover.js";
import { TRANSITIONS } from "../../rules/vocabulary.js";
import { Runner } from "../../search/runner.js";
import { answerOf, type Drawn, drawCell, enumerate, type Kind, prove, start } from "./proofs.js";

const ONE = "1x2 contexts=1 vms=1 domains=1 processes=1";
/** Stage-1 entries of one table; one guest page whose stage 2 changes; one invalidation at a time. */
const SMALL = "entries=-,rw tables=g0 remap=g1 hosts=h1,h3 contexts=no moves=no queue=1";
/** Two levels in both stages: a table of stage 1, and one of stage 2, each of which may come to hold data. */
const DEEP = "2x2/2x2 contexts=1 vms=1 domains=1 processes=1 host=8";
const TABLES =
  "entries=-,rw,table tables=g1 targets=g1-g2 remap=g2 hosts=h6 contexts=no moves=no ranges=no at-once queue=1";
const SMALLER = "entries=-,rw tables=g0 targets=g1 remap=none contexts=no moves=no queue=1";

function seeds(count: number, kind: Kind, scope: string, geometry = ONE): [string, Drawn][] {
  return Array.from({ length: count }, (_, at) => [`proof ${at}`, drawCell(`proof ${at}`, kind, geometry, scope)]);
}

/** Answers of both kinds must be among those compared, or the comparison says nothing. */
function expectVariety(answers: readonly string[], holds: string): void {
  expect(answers.filter((answer) => answer === holds).length).toBeGreaterThan(3);
  expect(answers.filter((answer) => /^fails in [2-9]/.test(answer)).length).toBeGreaterThan(0);
}

describe("a prover", () => {
  it.each([
    ["plain", SMALL, 6],
    ["any", SMALL, 4],
  ] as const)("gives what trying every sequence gives: %s architectures, %s", (kind, scope, count) => {
    const depth = 3;
    const answers = seeds(count, kind, scope).map(([seed, drawn]) => {
      const { moves } = start(drawn, { depth: 1, without: REDUCTIONS });
      const expected = enumerate(drawn.cell, drawn.geometry, moves, depth, drawn.scope.queue);
      expect(`${seed}: ${answerOf(prove(drawn, { depth }).verdict)}`).toBe(`${seed}: ${expected}`);
      return expected;
    });
    expect(answers).toContain("depth");
    expect(answers.some((answer) => answer.startsWith("fails"))).toBe(true);
  });

  it("has the same verdict and the same shortest length with each reduction alone", () => {
    const answers = seeds(50, "plain", SMALL).map(([seed, drawn]) => {
      const expected = answerOf(prove(drawn, { depth: 3, without: REDUCTIONS }).verdict);
      for (const reduction of REDUCTIONS) {
        const without = REDUCTIONS.filter((name) => name !== reduction);
        const answer = answerOf(prove(drawn, { depth: 3, without }).verdict);
        expect(`${seed}, ${reduction}: ${answer}`).toBe(`${seed}, ${reduction}: ${expected}`);
      }
      return expected;
    });
    expectVariety(answers, "depth");
  });

  it("has the same verdict and the same shortest length with slices and without, where tables lie in pages", () => {
    const answers = seeds(50, "plain", TABLES, DEEP).map(([seed, drawn]) => {
      const expected = answerOf(prove(drawn, { depth: 3, without: REDUCTIONS }).verdict);
      for (const without of [[], ["slicing"]] as const) {
        const answer = answerOf(prove(drawn, { depth: 3, without }).verdict);
        expect(`${seed}, without ${without}: ${answer}`).toBe(`${seed}, without ${without}: ${expected}`);
      }
      return expected;
    });
    expectVariety(answers, "depth");
  });

  it("comes to the same fixpoint, or the same shortest failure, with all reductions and with none", () => {
    // Without reductions some ledgers have no end in sight: those are compared with subsumption alone.
    const smallest = ["symmetry", "slicing"] as const;
    let fixpoints = 0;
    for (const [seed, drawn] of seeds(6, "iotlb", SMALLER)) {
      const reduced = prove(drawn);
      const plain = start(drawn, { without: REDUCTIONS });
      while (plain.advance(50) === null && plain.transitions < 60_000);
      const answers = [prove(drawn, { without: smallest }), ...(plain.verdict === null ? [] : [plain])].map(
        ({ verdict }) => answerOf(verdict),
      );
      expect(`${seed}: ${answers}`).toBe(`${seed}: ${answers.map(() => answerOf(reduced.verdict))}`);
      if (plain.verdict?.kind !== "fixpoint") continue;
      fixpoints++;
      expect(reduced.states).toBeLessThan(plain.states);
    }
    expect(fixpoints).toBeGreaterThan(0);
  });

  it("treats contexts that change their tags as an enumeration does", () => {
    const scope = "tables=none remap=none ranges=no moves=no queue=1";
    const geometry = "1x2 contexts=2 vms=1 domains=1 processes=2";
    for (const [seed, drawn] of seeds(2, "plain", scope, geometry)) {
      const { moves } = start(drawn, { depth: 1, without: REDUCTIONS });
      const expected = enumerate(drawn.cell, drawn.geometry, moves, 3, drawn.scope.queue);
      expect(`${seed}: ${answerOf(prove(drawn, { depth: 3 }).verdict)}`).toBe(`${seed}: ${expected}`);
    }
  });

  it("lets strangers read stage 2 of every guest page before the first command", () => {
    const [, { cell, geometry, scope }] = seeds(1, "plain", SMALL, `1x2/1x4 ${ONE.slice(4)}`)[0]!;
    const options = { geometry, scope, depth: 1, symmetry: false, subsumption: true, serving: true };
    const request = { context: 0, page: 0 };
    const met = new Uint8Array(TRANSITIONS.length);
    const proof = new Proof(cell, { ...options, request, slicing: "strangers", order: "breadth", met });
    proof.load(0);
    const { envelope, state, unit, world } = proof.machine;
    for (let page = 0; page < geometry.guestPages; page++) {
      const set = unit.set(CACHE.stage2, 0, 0, 0, page);
      const record = envelope!.first(state, set);
      expect([page, record < 0 ? -1 : envelope!.valueOf(state, record)]).toEqual([
        page,
        world.translate(state, 0, page),
      ]);
    }
  });

  it("gives commands that fail in a run from the start, at the last of them", () => {
    for (const [, drawn] of seeds(12, "any", SMALL)) {
      const { verdict } = prove(drawn, { depth: 3 });
      if (verdict?.kind !== "fails") continue;
      const { commands } = verdict;
      const failure = new Runner(drawn.cell, drawn.geometry).runCommands(commands);
      expect(failure?.step).toBe(commands.length / STRIDE - 1);
    }
  });

  it("makes one step of a change of stage 2 and what is owed for it, where the scope says so", () => {
    const [, drawn] = seeds(1, "plain", `${SMALL} at-once`)[0]!;
    const changes = start(drawn, { depth: 1 }).moves.filter(({ commands }) => commands[0] === KIND.stage2);
    expect(changes.length).toBeGreaterThan(0);
    for (const { count, isFence } of changes) expect([count > 2, isFence]).toEqual([true, true]);
  });

  it("is the same however often it is interrupted", () => {
    const [, drawn] = seeds(1, "plain", SMALLER)[0]!;
    const whole = prove(drawn);
    const pieces = prove(drawn, {}, 1);
    expect([answerOf(pieces.verdict), pieces.states]).toEqual([answerOf(whole.verdict), whole.states]);
  });
});
