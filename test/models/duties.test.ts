/**
 * The ledger keeps the duties that a plain reading of sections 4 and 10 keeps: after every command the same rules are
 * owed by the same contexts, in the same stage, with the same units left, and the same requests are unsettled.
 *
 * The reading (`brute/duties.ts`) works on lists of objects, compares memory before and after, and asks of every entry
 * that a cache may hold whether a command removes it. Left out: flat geometries, where nothing lies above a page.
 */

import { describe, expect, it } from "vitest";
import { ANY, type Command, encodeAll, RANGE } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { CONFLICT, DUTY } from "../../models/duty.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import {
  CACHE_NAMES,
  type Contract,
  INVALIDATION_KINDS,
  type Scope,
  TRANSITIONS,
  transitionName,
} from "../../rules/vocabulary.js";
import { effort } from "../effort.js";
import { Draw, draughtOf, drawCommand, MIX } from "./brute/commands.js";
import { PlainDuties } from "./brute/duties.js";
import { builtIn, NOTHING_OWED } from "./brute/runs.js";
import { builtInContract } from "./brute/scenario.js";

const RUNS = 6;
const LENGTH = 60;
const GEOMETRIES = ["2x2/2x4 contexts=3 vms=2", "3x2/2x4 contexts=4 vms=2"];

const CELLS: readonly (readonly [architecture: string, contract: string])[] = [
  ["tiny", "tiny"],
  ["tiny", "always"],
  ["vtd-legacy-cm", "always"],
  ["vtd-scalable-ats", "vtd-scalable"],
  ["riscv-ats", "riscv"],
  ["riscv-emulated", "always"],
  ["amd-nested-ats", "amd"],
  ["smmuv3-nested-ats", "smmuv3"],
];

/** The duties of the ledger, one a line. */
function ledgerLines({ ledger, state, geometry }: Machine): string[] {
  const bits = (at: number, words: number): number[] =>
    Array.from({ length: words * 32 }, (_, bit) => bit).filter(
      (bit) => ((state[at + (bit >> 5)]! >>> (bit & 31)) & 1) === 1,
    );
  return Array.from({ length: ledger.dutyCount(state) }, (_, number) => {
    const at = ledger.recordAt(number);
    const field = (name: keyof typeof DUTY): number => ledger.duty(state, number, DUTY[name]);
    const unitWords = Math.max(ledger.words, (geometry.guestPages + 31) >> 5);
    const scopes = ledger.recipes[field("rule")]![field("stage")]!.length;
    const left = Array.from({ length: scopes }, (_, scope) => bits(at + ledger.unitsAt + scope * unitWords, unitWords));
    return lineOf(field("rule"), field("context"), field("domain"), field("process"), field("stage"), left);
  }).sort();
}

function lineOf(
  rule: number,
  context: number,
  domain: number,
  process: number,
  stage: number,
  left: readonly (readonly number[])[],
): string {
  const name = rule === CONFLICT ? "conflict" : transitionName(TRANSITIONS[rule]!);
  return `${name} of c${context} d${domain} p${process}, stage ${stage}: ${left.map((units) => units.join(" ")).join(" | ")}`;
}

function plainLines(plain: PlainDuties): string[] {
  return plain.duties
    .map(({ rule, context, domain, process, stage, left }) =>
      lineOf(
        rule,
        context,
        domain,
        process,
        stage,
        left.map((units) => [...units].sort((a, b) => a - b)),
      ),
    )
    .sort();
}

/** A contract of random recipes: scopes of one cache or two, in up to two stages, or none. */
function drawContract(draw: Draw): Contract {
  const caches = [...CACHE_NAMES, "walk", "stage2-walk"] as const;
  const drawScope = (): Scope => ({
    caches: [...new Set([draw.from(caches), ...(draw.chance(0.3) ? [draw.from(caches)] : [])])],
    range: draw.chance(0.2) ? "all" : "affected",
    process: draw.chance(0.3) ? "any" : "own",
    global: draw.from(["if-global", "if-global", "always", "never"]),
  });
  const drawStage = (): Scope[] => Array.from({ length: 1 + draw.below(2) }, drawScope);
  const rules = NOTHING_OWED.rules.map((rule) => ({
    ...rule,
    by: draw.chance(0.2) ? ("host" as const) : ("guest" as const),
    stages: Array.from({ length: draw.below(3) }, drawStage),
  }));
  return { ...NOTHING_OWED, name: "drawn", rules };
}

/** A command that is likely to serve the next scope of some duty, too narrow at times. */
function drawServing(draw: Draw, { ledger, state, options }: Machine): Command {
  const count = ledger.dutyCount(state);
  const waiting = Array.from({ length: count }, (_, at) => at).filter((at) => ledger.openScope(state, at) >= 0);
  if (waiting.length === 0) return { kind: "fence" };
  const number = draw.from(waiting);
  const scopeAt = ledger.openScope(state, number);
  const scope =
    ledger.recipes[ledger.duty(state, number, DUTY.rule)]![ledger.duty(state, number, DUTY.stage)]![scopeAt]!;
  const caches = scope.caches.map((cache) => CACHE_NAMES[cache]!);
  const rows = options.architecture.commands.filter(({ removes }) =>
    caches.every((cache) => removes.some((removal) => removal.cache === cache)),
  );
  const row = draw.from(rows.length > 0 ? rows : options.architecture.commands);
  const [first, last] = ledger.openUnits(state, number, scopeAt);
  const form = draw.weighted({ all: 4, count: 3, mask: 1 });
  const tag = (field: number): number => (draw.chance(0.5) ? ANY : ledger.duty(state, number, field));
  return {
    kind: "invalidate",
    invalidation: INVALIDATION_KINDS.indexOf(row.kind),
    host: draw.chance(0.3) ? 1 : 0,
    domain: tag(DUTY.domain),
    process: tag(DUTY.process),
    requester: tag(DUTY.context),
    requesterMask: draw.chance(0.1) ? 1 : 0,
    form: RANGE[form],
    base: form === "all" ? 0 : draw.chance(0.8) ? first : last,
    size:
      form === "count"
        ? draw.chance(0.5)
          ? draw.below(last - first + 1)
          : last - first + 1
        : form === "mask"
          ? draw.below(4)
          : 0,
    leaf: draw.chance(0.1) ? 1 : 0,
    level: draw.chance(0.1) ? 1 + draw.below(2) : 0,
  };
}

function follow(machine: Machine, seed: string): number {
  const draw = new Draw(seed);
  const draught = draughtOf(machine.options.architecture, machine.geometry, MIX);
  machine.reset();
  const plain = new PlainDuties(machine);
  const lines: string[] = [];
  let most = 0;
  for (let at = 0; at < LENGTH; at++) {
    const command = draw.chance(0.55) ? drawServing(draw, machine) : drawCommand(draw, draught);
    if (command.kind === "write" && draw.chance(0.1)) command.global = 1;
    const before = machine.snapshot();
    machine.step(encodeAll([command]), 0);
    if (machine.overflowed) return most;
    plain.stepped(command, before);
    lines.push(printCommand(command));
    const text = `${machine.options.architecture.name}, ${machine.geometry.text}:\n${lines.join("\n")}`;
    expect(ledgerLines(machine), text).toEqual(plainLines(plain));
    for (let context = 0; context < machine.geometry.contexts; context++) {
      const pages = [...machine.geometry.iova.pages.keys()];
      const unsettled = pages.filter((page) => machine.ledger.isUnsettled(machine.state, context, page));
      expect(unsettled, `c${context} on ${text}`).toEqual(plain.unsettled(context));
    }
    most = Math.max(most, plain.duties.length);
  }
  return most;
}

const machineOf = (name: string, contract: Contract, text: string): Machine =>
  new Machine({ architecture: builtIn(name), contract, strategies: [], geometry: geometryOf(text) });

describe("duties", () => {
  for (const [name, contractName] of CELLS) {
    it(`are those of the plain reading on ${name} under ${contractName}`, () => {
      const contract = builtInContract(contractName);
      let most = 0;
      for (let run = 0; run < Math.max(GEOMETRIES.length, effort(RUNS)); run++) {
        const machine = machineOf(name, contract, GEOMETRIES[run % GEOMETRIES.length]!);
        most = Math.max(most, follow(machine, `duties ${run}`));
      }
      expect(most).toBeGreaterThan(2);
    });
  }

  it("are those of the plain reading under contracts of random recipes", () => {
    for (let run = 0; run < Math.max(24, effort(32)); run++) {
      const draw = new Draw(`contract ${run}`);
      const [name] = draw.from(CELLS);
      follow(machineOf(name, drawContract(draw), draw.from(GEOMETRIES)), `drawn ${run}`);
    }
  });
});
