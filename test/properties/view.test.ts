/**
 * Every property finds what its sentence says, no more and no less: beside it stands the sentence taken word for word
 * (`plain.ts`), on random sequences, right machines and machines with a bug.
 *
 * The checks look only at what a step may have changed; the plain ones look at everything. So this also shows that
 * `View` asks again whenever it must.
 */

import { describe, expect, it } from "vitest";
import { type Command, decodeAll, encodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import {
  ABSENT,
  faultCode,
  MALFORMED,
  outcomeOf,
  PRESENT,
  packValue,
  REASON,
  valueClass,
  valuePage,
  valuePermission,
} from "../../models/values.js";
import { Checker } from "../../properties/all.js";
import { isShadowAlone } from "../../properties/refinement.js";
import { differingAccess, sameMeaning } from "../../properties/view.js";
import type { Violation } from "../../properties/violation.js";
import { DEFAULT_SHADOW, PROPERTY_NAMES, type StrategyName } from "../../rules/vocabulary.js";
import { Draw, draughtOf, drawCommand, NOISY_MIX } from "../models/brute/commands.js";
import { cell, sequence } from "./cells.js";
import { Plain } from "./plain.js";

const LENGTH = 20;
const RUNS = 5;
/** Makes the unit answer: nothing is checked before something has changed. */
const FIRST: Command = { kind: "dma", context: 0, iova: 0, access: 0 };

interface Setup {
  architecture: string;
  contract: string;
  strategies: readonly StrategyName[];
  geometry?: string;
  /** A bug, put in before the run. */
  plant?: (machine: Machine) => void;
}

const ALL = ["hardware", "shadow", "envelope"] as const;

/** Requests of every context are answered as if the first had sent them. */
function answerAsFirst({ hardware, geometry }: Machine): void {
  const translate = hardware!.translate.bind(hardware);
  hardware!.translate = (state, _context, page) => translate(state, 0, page);
  const { answers } = hardware!;
  hardware!.refresh = (state) => {
    for (let at = 0; at < answers.length; at++) answers[at] = translate(state, 0, at % geometry.iova.count);
  };
}

/** After a fence all requests count as settled, before it none. */
function settleAtFences({ ledger, note }: Machine): void {
  ledger.isUnsettled = () => !note.fenced;
}

const SETUPS: readonly [string, Setup][] = [
  ["where nothing is owed", { architecture: "tiny", contract: "never", strategies: ALL }],
  ["where everything is owed", { architecture: "tiny", contract: "always", strategies: ALL }],
  ["where the right thing is owed", { architecture: "tiny", contract: "tiny", strategies: ALL, geometry: "3x2" }],
  ["with negative results", { architecture: "riscv-emulated", contract: "never", strategies: ALL }],
  ["with negative results owed", { architecture: "riscv-emulated", contract: "always", strategies: ALL }],
  ["with the envelope alone", { architecture: "tiny", contract: "never", strategies: ["envelope"] }],
  ["with hardware alone", { architecture: "tiny", contract: "never", strategies: ["hardware"] }],
  ["with a shadow alone", { architecture: "vtd-legacy", contract: "never", strategies: ["shadow"] }],
  ["with a shadow alone, all owed", { architecture: "vtd-legacy-cm", contract: "always", strategies: ["shadow"] }],
  [
    "on a unit that executes nothing",
    {
      architecture: "tiny",
      contract: "always",
      strategies: ALL,
      plant: ({ hardware }) => {
        hardware!.fenced = () => {};
      },
    },
  ],
  [
    "on a shadow that never refreshes",
    {
      architecture: "vtd-legacy-cm",
      contract: "always",
      strategies: ["shadow"],
      plant: ({ shadow }) => {
        shadow!.fenced = () => {};
      },
    },
  ],
  [
    "on a unit that confuses its requesters",
    { architecture: "tiny", contract: "always", strategies: ["hardware"], plant: answerAsFirst },
  ],
  [
    "with duties that a fence ends, whatever was invalidated",
    { architecture: "tiny", contract: "always", strategies: ["envelope"], plant: settleAtFences },
  ],
];

function machineFor({ architecture, contract, strategies, geometry, plant }: Setup): Machine {
  const rules = cell(contract, [], strategies, architecture);
  const machine = new Machine({
    architecture: rules.architecture,
    contract: rules.contract,
    strategies: [...new Set([...strategies, "envelope" as const])],
    shadow: DEFAULT_SHADOW,
    guestEnvelope: isShadowAlone(strategies),
    geometry: geometryOf(geometry),
  });
  plant?.(machine);
  return machine;
}

interface Seen {
  breaches: number;
  witnesses: number;
  severities: Set<string>;
}

/** Runs one sequence beside the plain properties, each up to its first breach. */
function follow(setup: Setup, machine: Machine, commands: readonly Command[], seen: Seen): void {
  machine.reset();
  const plain = new Plain(machine, setup.strategies);
  const lines: string[] = [];
  let open = PROPERTY_NAMES.map((name) => ({ name, checker: new Checker(machine, [name], setup.strategies) }));
  for (const { checker } of open) checker.restart();
  const { view } = new Checker(machine, [], setup.strategies);
  view.refresh(true);
  for (const command of commands) {
    lines.push(printCommand(command));
    machine.step(encodeAll([command]), 0);
    if (machine.overflowed) return;
    view.refresh(false);
    expect([...view.isFresh], lines.join("; ")).toEqual(plain.fresh());
    open = open.filter(({ name, checker }) => {
      const before = checker.properties[0]!.seen;
      const violation = checker.check();
      const { breaches, witnessed, staleCaches } = plain.find(name);
      const where = `${name}: ${lines.join("; ")}`;
      if (violation !== null) {
        expect(breaches, where).toContainEqual(violation);
        seen.severities.add(violation.severity);
        seen.breaches++;
        return false;
      }
      expect(breaches.map(breachText), where).toEqual([]);
      // Where a step changes nothing, nothing is counted again.
      if (machine.note.wrote || machine.note.fenced) {
        expect(checker.properties[0]!.seen > before, `${where}: witness`).toBe(witnessed);
        expect(checker.staleCaches, `${where}: stale caches`).toBe(staleCaches);
      }
      if (witnessed) seen.witnesses++;
      return true;
    });
  }
}

function drawn(machine: Machine, seed: string): Command[] {
  const draw = new Draw(seed);
  const draught = draughtOf(machine.options.architecture, machine.geometry, NOISY_MIX);
  return [FIRST, ...Array.from({ length: LENGTH }, () => drawCommand(draw, draught))];
}

/** Changes that chance seldom draws: permissions alone, to and from none, marks alone, page 0, whole contexts. */
const FIXED = [
  "w g4[0]=leaf g8 r; fence; dma w c0 i0",
  "w g4[0]=leaf g8 w; fence; w g4[0]=leaf g8 r",
  "w g4[0]=leaf g8 none; w g4[0]=leaf g9 none; fence; w g4[0]=-; fence; w g4[0]=leaf g8 none",
  "w g4[2]=leaf g8 r; w g4[2]=leaf g8 rw; dma r c0 i2",
  "w g4[0]=leaf g8 rw global; fence; w g4[0]=leaf g8 rw",
  "w g4[0]=leaf g0 rw; dma r c0 i0; w g4[0]=leaf g9 rw; dma r c0 i0",
  "w g4[0]=leaf g0 rw; dma r c0 i0; w g4[0]=-; dma r c0 i0",
  "w g4[0]=-; inv iotlb all; fence; inv dev all; fence; w g4[0]=leaf g0 rw; fence",
  "w g2[0]=table g4 r; dma w c0 i0; w g2[0]=table g4 rw; fence",
  "s2 d0 g8=h8 none; dma r c0 i0; s2 d0 g8=h8 rw; fence",
  "s2 d0 g8=h8 r; fence; s2 d0 g8=h0 rw; fence",
  "s2 d0 g8=-; dma r c0 i0; fence; s2 d0 g8=h9 rw",
  "s2 d0 g4=-; dma r c0 i0; fence; s2 d0 g4=bad",
  "ctx c0=-; fence; ctx c0=bad; fence; ctx c0=(d0,p0,g2)",
  "ctx c1=(d0,p0,g2); fence; ctx c2=(v0,d1,p0,g2); fence",
  "ctx c0=-; inv ctx all; fence; inv pasid all; fence; inv iotlb all; fence; inv dev all; fence",
  // A stale pointer leads to a table without entries: no wrong page, but faults that nothing caches.
  "w g2[0]=table g7; w g2[0]=table g4; fence",
  "w g2[0]=table g7; w g2[0]=table g4; w g4[0]=leaf g0 rw; inv iotlb leaf all; inv dev all; fence",
  "w g4[0]=leaf g0 w; inv iotlb all; inv dev all; fence; w g2[0]=table g7; w g2[0]=table g4; fence",
].map((text) => decodeAll(sequence(`dma r c0 i0; ${text}`)));

function breachText({ strategy, context, page, access, expected, actual, cache }: Violation): string {
  return `${strategy} c${context} i${page} access ${access}: ${actual}, not ${expected} (cache ${cache})`;
}

describe("two values", () => {
  const classes = [ABSENT, PRESENT, MALFORMED];
  const values = classes.flatMap((kind) =>
    [0, 1, 2, 3].flatMap((permission) =>
      [0, 1].flatMap((global) =>
        [0, 1].flatMap((span) => [0, 9].map((page) => packValue(kind, permission, global, span, page, span * 5))),
      ),
    ),
  );
  const faults = [0, 1, 2].flatMap((stage) => Object.values(REASON).map((reason) => faultCode(stage, reason)));

  // Two translations that permit nothing still differ by their page: it is the wrong one, though nobody gets it.
  const isBarred = (value: number): boolean =>
    value >= 0 && valueClass(value) === PRESENT && valuePermission(value) === 0;

  it("mean the same if no request can tell, whatever their size, mark and kind of fault", () => {
    for (const a of [...values, ...faults]) {
      for (const b of [...values, ...faults]) {
        if (isBarred(a) && isBarred(b) && valuePage(a) !== valuePage(b)) {
          expect([sameMeaning(a, b), differingAccess(a, b)]).toEqual([false, -1]);
          continue;
        }
        const differs = ([0, 1] as const).filter(
          (access) => Math.max(-1, outcomeOf(a, access)) !== Math.max(-1, outcomeOf(b, access)),
        );
        expect([sameMeaning(a, b), differingAccess(a, b)], `${a} and ${b}`).toEqual([
          differs.length === 0,
          differs[0] ?? -1,
        ]);
      }
    }
  });
});

function runOn(machine: Machine, text: string): Machine {
  machine.reset();
  for (const command of decodeAll(sequence(text))) machine.step(encodeAll([command]), 0);
  return machine;
}

describe("one value in a cache", () => {
  // Some requests are settled here and some are not; c2 is gone.
  const STATE = "w g2[0]=table g5; inv iotlb all; fence; inv dev all; fence; w g4[1]=leaf g9 r; ctx c2=-; s2 d0 g9=-";

  it.each(["tiny", "riscv-emulated"])(
    "of %s, whichever and wherever, is judged as its sentence says",
    (architecture) => {
      const setup = { architecture, contract: "always", strategies: ["hardware"] } as const;
      const machine = machineFor(setup);
      machine.reset();
      const { envelope, hardware, state, unit } = machine;
      for (const command of decodeAll(sequence(STATE))) machine.step(encodeAll([command]), 0);
      const held = Array.from({ length: envelope!.count(state) }, (_, record) => record);
      const valuesOf = (cache: number): number[] => {
        const own = held.filter((record) => unit.setCache[envelope!.setOf(state, record)] === cache);
        const values = [...new Set(own.map((record) => envelope!.valueOf(state, record)))];
        return [ABSENT, MALFORMED, ...values.slice(0, 4), ...values.slice(-2)];
      };
      const plain = new Plain(machine, setup.strategies);
      const found = { invalid: 0, unsettled: 0, fine: 0 };
      for (const [set, cache] of unit.setCache.entries()) {
        for (const value of valuesOf(cache)) {
          // In the first line, whichever cache the set is of.
          hardware!.setAt = (_, line) => (line === 0 ? set : -1);
          hardware!.valueAt = () => value;
          const checker = new Checker(machine, ["cache-validity"], setup.strategies);
          checker.restart();
          const violation = checker.check();
          const { breaches, staleCaches } = plain.find("cache-validity");
          const where = `${value} in set ${set} of ${unit.caches[cache]!.name}`;
          if (violation !== null) expect(breaches, where).toContainEqual(violation);
          else expect([breaches, checker.staleCaches], where).toEqual([[], staleCaches]);
          found[violation !== null ? "invalid" : staleCaches !== 0 ? "unsettled" : "fine"]++;
        }
      }
      for (const count of Object.values(found)) expect(count).toBeGreaterThan(50);
    },
  );
});

describe("severity", () => {
  const setup = { architecture: "tiny", contract: "always", strategies: ["envelope"] } as const;
  const machine = runOn(machineFor(setup), "w g4[1]=leaf g9 r; w g4[3]=-");
  const { view } = new Checker(machine, [], setup.strategies);
  // Stage 2 maps g8 and g9 of VM 0; i1 leads to g9 for reads alone, i3 to nothing.
  const own = machine.world.translate(machine.state, 0, 9);
  const other = machine.world.translate(machine.state, 0, 8);
  const foreign = machine.world.translate(machine.state, 1, 8);

  it.each<[string, number, number, number, string]>([
    ["a fault is spurious", 1, valuePage(own), faultCode(1, REASON.absent), "spurious-fault"],
    ["a page that the VM does not have is a stale access", 1, valuePage(own), valuePage(foreign), "stale-access"],
    ["another page of the VM is a wrong page", 1, valuePage(own), valuePage(other), "wrong-page"],
    ["the right page for another access is a stale permission", 1, -6, valuePage(own), "stale-permission"],
    ["another page instead of a fault is a stale access", 1, -6, valuePage(other), "stale-access"],
    ["a page where nothing is mapped is a stale access", 3, -4, valuePage(other), "stale-access"],
  ])("%s", (_, page, expected, actual, severity) => {
    expect(view.severity(0, page, expected, actual)).toBe(severity);
  });
});

describe("the properties beside their sentences", () => {
  const seen: Seen = { breaches: 0, witnesses: 0, severities: new Set() };

  it.each(SETUPS)("find the same %s", (name, setup) => {
    const machine = machineFor(setup);
    for (const commands of FIXED) follow(setup, machine, commands, seen);
    for (let run = 0; run < RUNS; run++) follow(setup, machine, drawn(machine, `${name} ${run}`), seen);
  });

  it("were broken, and silent with a witness, many times and in every severity", () => {
    expect(seen.breaches).toBeGreaterThan(100);
    expect(seen.witnesses).toBeGreaterThan(200);
    expect([...seen.severities].sort()).toEqual(["spurious-fault", "stale-access", "stale-permission", "wrong-page"]);
  });
});
