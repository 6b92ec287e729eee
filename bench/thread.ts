/**
 * The thread's question with real code on one side: the shadow, driven by the invalidations that QEMU's VT-d unit is
 * sent in caching mode, beside that unit's own translation.
 *
 * A sequence runs on the unit and, in this process, on the shadow: the same commands, in the same order. For each
 * request there is what a walk of now gives (oracle), what QEMU answered, what the shadow holds, and whether the
 * contract lets the request be answered otherwise. `node dist/bench/thread.js` prints the table of docs/findings.md.
 */

import { pathToFileURL } from "node:url";
import { sampleGenes } from "../commands/arbitrary.js";
import { decodeAll, encodeAll, KIND, STRIDE, slots } from "../commands/command.js";
import { parseCommands, printCommand } from "../commands/language.js";
import { geometryOf, pagePosition } from "../models/geometry.js";
import { Machine } from "../models/machine.js";
import { allContexts } from "../models/start.js";
import { outcomeOf, sameOutcome } from "../models/values.js";
import { View } from "../properties/view.js";
import { TargetRunner } from "../search/target-runner.js";
import type { UnitKind } from "../targets/driver.js";
import { QemuTarget } from "../targets/qemu.js";
import { departuresOf, rulesOf } from "../targets/units.js";
import { vtdFirstStage } from "../targets/vtd-first-stage.js";
import { vtdLegacy } from "../targets/vtd-legacy.js";
import { leavingOut } from "../targets/without.js";

const D = slots("dma");

function encoded(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(`${text}: cannot be read`);
  return encodeAll(parsed.commands);
}

/** A claim of the thread, the rules it is about and a sequence that shows it. */
export interface Shown {
  claim: string;
  kind: UnitKind;
  architecture: string;
  contract: string;
  text: string;
}

/** The unit with CAP.CM set. */
export function inCachingMode(kind: UnitKind): UnitKind {
  const args = kind.args.map((arg) => arg.replace(/^intel-iommu/, "intel-iommu,caching-mode=on"));
  return { ...kind, name: `${kind.name}, caching-mode=on`, args };
}

const MAPPED = "dma r c0 i2; w g4[2]=leaf g9 rw; dma r c0 i2";
const TABLE_SENT = "inv iotlb d0 [i0+4]; fence";
const MALFORMED = `dma r c0 i0; w g4[0]=bad; dma r c0 i0; ${TABLE_SENT}; dma r c0 i0`;
const ANNOUNCED = "inv iotlb d0 [i2+1]; fence; dma r c0 i2";
const legacy = inCachingMode(vtdLegacy);
const firstStage = inCachingMode(vtdFirstStage);

export const SHOWN: readonly Shown[] = [
  { claim: "T1", kind: legacy, architecture: "vtd-legacy-cm", contract: "vtd-legacy cm=0", text: MAPPED },
  {
    claim: "T2",
    kind: legacy,
    architecture: "vtd-legacy-cm",
    contract: "vtd-legacy cm=1",
    text: `${MAPPED}; ${ANNOUNCED}`,
  },
  {
    claim: "T2",
    kind: legacy,
    architecture: "vtd-legacy-cm",
    contract: "vtd-legacy cm=1",
    text: `${MALFORMED}; w g2[0]=super g8 rw; ${TABLE_SENT}; dma r c0 i3`,
  },
  {
    claim: "T6a",
    kind: firstStage,
    architecture: "vtd-first-stage-cm",
    contract: "vtd-first-stage cm=1",
    text: MAPPED,
  },
  {
    claim: "T6a",
    kind: firstStage,
    architecture: "vtd-first-stage-cm",
    contract: "vtd-first-stage cm=1",
    text: "dma r c0 i0; w g4[0]=leaf g9 rw; dma r c0 i0; inv iotlb d0 p0 [i0+1] leaf; fence; dma r c0 i0",
  },
];

/** One request of a sequence. */
export interface Row {
  step: number;
  isSettled: boolean;
  oracle: number;
  target: number | null;
  shadow: number;
}

/** Runs sequences on a unit and on the shadow. */
export class Beside {
  readonly runner: TargetRunner;
  private readonly target: QemuTarget;
  private readonly machine: Machine;
  private readonly view: View;

  constructor({ kind, architecture, contract }: Omit<Shown, "text" | "claim">, binary: string) {
    const cell = rulesOf({ ...kind, architecture, contract });
    const geometry = geometryOf(kind.geometry);
    const start = allContexts(geometry);
    this.target = new QemuTarget(kind, binary, "");
    this.runner = new TargetRunner(cell, leavingOut(this.target, departuresOf(kind)), geometry, start);
    this.machine = new Machine({ ...cell, strategies: ["shadow"], geometry, start });
    this.view = new View(this.machine, ["shadow"]);
  }

  run(text: string): Row[] {
    const commands = encoded(text);
    this.runner.judge(this.runner.sendCommands(commands));
    return this.rows(commands);
  }

  /** Sequences of the search, about so many commands; the requests of them all. */
  fuzz(commands: number, seed: number): Row[] {
    const rows: Row[] = [];
    for (let round = 0; this.runner.commandCount < commands; round++) {
      for (const sample of sampleGenes(seed + round, 20)) {
        const sent = this.runner.sendGenes(sample);
        this.runner.judge(sent);
        rows.push(...this.rows(sent.commands));
      }
    }
    return rows;
  }

  private rows(commands: Float64Array): Row[] {
    const { machine, view } = this;
    const rows: Row[] = [];
    machine.reset();
    for (let step = 0; step * STRIDE < commands.length; step++) {
      machine.step(commands, step);
      const from = step * STRIDE;
      if (commands[from] !== KIND.dma) continue;
      view.refresh(true);
      const context = commands[from + D.context]!;
      const page = pagePosition(machine.geometry.iova, commands[from + D.iova]!);
      const access = commands[from + D.access]!;
      rows.push({
        step,
        isSettled: view.isSettled(context, page),
        oracle: outcomeOf(view.oracle(context, page), access),
        target: this.runner.answers[rows.length] ?? null,
        shadow: outcomeOf(machine.shadow!.translate(machine.state, context, page), access),
      });
    }
    return rows;
  }

  close(): void {
    this.target.close();
  }
}

/** Requests that were settled, and how many of them each answered otherwise than a walk of now. */
export function tally(rows: readonly Row[]): { settled: number; target: number; shadow: number } {
  const settled = rows.filter(({ isSettled, target }) => isSettled && target !== null);
  return {
    settled: settled.length,
    target: settled.filter(({ oracle, target }) => !sameOutcome(oracle, target!)).length,
    shadow: settled.filter(({ oracle, shadow }) => !sameOutcome(oracle, shadow)).length,
  };
}

const plain = (outcome: number | null): string => (outcome === null ? "-" : outcome < 0 ? "fault" : `h${outcome}`);

/** The table of one sequence, in Markdown. */
export function tableOf(shown: Shown, rows: readonly Row[]): string {
  const commands = decodeAll(encoded(shown.text)).map(printCommand);
  const lines = commands.map((command, step) => {
    const row = rows.find((one) => one.step === step);
    const cells = row ? [plain(row.oracle), plain(row.target), plain(row.shadow), row.isSettled ? "yes" : "no"] : [];
    return `| \`${command}\` | ${Array.from({ length: 4 }, (_, at) => cells[at] ?? "").join(" | ")} |`;
  });
  const head = "| command | walk of now | QEMU | shadow | settled |\n|---|---|---|---|---|";
  return `**${shown.claim}**, ${shown.kind.name}, contract ${shown.contract}\n\n${head}\n${lines.join("\n")}\n`;
}

function print(binary: string): void {
  for (const shown of SHOWN) {
    const beside = new Beside(shown, binary);
    console.log(tableOf(shown, beside.run(shown.text)));
    beside.close();
  }
  for (const shown of SHOWN.filter(({ contract }, at) => SHOWN.findIndex((one) => one.contract === contract) === at)) {
    const beside = new Beside(shown, binary);
    const { settled, target, shadow } = tally(beside.fuzz(20_000, 1));
    beside.close();
    console.log(`${shown.contract}: ${settled} settled requests; wrong: QEMU ${target}, shadow ${shadow}`);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) print(process.argv[2] ?? vtdLegacy.binary);
