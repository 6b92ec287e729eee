/**
 * A strategy written in TypeScript as a target: no process, no protocol; the same judgement.
 *
 * The strategy is told each command after the tables have changed by it, may look at the tables as they are now, and is
 * asked for translations. It is made anew for each sequence, so nothing is left of the one before. What it throws is
 * trouble of the step, as a crash is of a program.
 */

import { type Command, decode, KIND, STRIDE } from "../commands/command.js";
import { pagePosition } from "../models/geometry.js";
import type { Machine } from "../models/machine.js";
import {
  ANY_FAULT,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextVm,
  PRESENT,
  valueGlobal,
  valuePage,
  valuePermission,
} from "../models/values.js";
import { type Answers, isNoise, type Target, type TargetInfo, type TargetRun, type Trouble } from "./target.js";

/** Bit 0: reads are permitted; bit 1: writes. */
export type Permission = 0 | 1 | 2 | 3;

export interface ContextEntry {
  vm: number;
  domain: number;
  process: number;
  /** The guest page of the stage-1 root table. */
  root: number;
}

/** The tables as they are now. Pages are numbers; null: there is none, it is malformed, or no walk gets there. */
export interface Tables {
  readonly contexts: number;
  /** IOVA pages that sequences use. */
  readonly iovaPages: ArrayLike<number>;
  readonly guestPages: number;
  context(context: number): ContextEntry | null;
  /** The leaf that a walk of stage 1 ends at, its tables read through stage 2. */
  stage1(context: number, iova: number): { guest: number; permission: Permission; global: boolean } | null;
  stage2(vm: number, guest: number): { host: number; permission: Permission } | null;
}

export interface Strategy {
  /** A command of the sequence, all but `dma`; the tables have taken it already. */
  step(command: Command): void;
  /** The host page that an access is let through to. */
  translate(context: number, iova: number, access: "r" | "w"): number | "fault";
}

export class InProcessTarget implements Target {
  constructor(
    readonly info: TargetInfo,
    private readonly create: (tables: Tables) => Strategy,
  ) {}

  accepts(sequence: Float64Array, at: number): boolean {
    return !isNoise(sequence, at);
  }

  begin(machine: Machine): TargetRun {
    const outcomes: number[] = [];
    let trouble: Trouble | null = null;
    const guarded = (step: number, act: () => void): void => {
      if (trouble !== null) return;
      try {
        act();
      } catch (error) {
        trouble = { step, what: `threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}` };
      }
    };
    let strategy: Strategy | undefined;
    guarded(-1, () => {
      strategy = this.create(tablesOf(machine));
    });
    return {
      step(sequence, at) {
        guarded(at, () => {
          const command = decode(sequence, at);
          if (sequence[at * STRIDE] !== KIND.dma || command.kind !== "dma") strategy!.step(command);
          else outcomes.push(outcomeOf(strategy!.translate(command.context, command.iova, accessOf(command.access))));
        });
      },
      send() {},
      finish: (): Answers => ({ outcomes, trouble, stderr: [] }),
    };
  }

  restart(): void {}

  close(): void {}
}

function accessOf(access: number): "r" | "w" {
  return access === 1 ? "w" : "r";
}

function outcomeOf(answer: unknown): number {
  if (answer === "fault") return ANY_FAULT;
  if (typeof answer === "number" && Number.isSafeInteger(answer) && answer >= 0) return answer;
  throw new Error(`translate gave ${JSON.stringify(answer)}; known: the number of a host page, or "fault"`);
}

function tablesOf(machine: Machine): Tables {
  const { geometry, world, oracle } = machine;
  const { iova } = geometry;
  return {
    contexts: geometry.contexts,
    iovaPages: iova.pages,
    guestPages: geometry.guestPages,
    context(context) {
      if (context < 0 || context >= geometry.contexts) return null;
      const entry = machine.state[world.contexts + context]!;
      if (contextClass(entry) !== PRESENT) return null;
      return {
        vm: contextVm(entry),
        domain: contextDomain(entry),
        process: contextProcess(entry),
        root: contextRoot(entry),
      };
    },
    stage1(context, page) {
      const at = pagePosition(iova, page);
      const leaf = at < 0 ? -1 : (oracle.leaf[context * iova.count + at] ?? -1);
      if (leaf < 0 || (leaf & 3) !== PRESENT) return null;
      return {
        guest: valuePage(leaf),
        permission: valuePermission(leaf) as Permission,
        global: valueGlobal(leaf) === 1,
      };
    },
    stage2(vm, guest) {
      if (vm < 0 || vm >= geometry.vms || guest < 0 || guest >= geometry.guestPages) return null;
      const value = world.translate(machine.state, vm, guest);
      if ((value & 3) !== PRESENT) return null;
      return { host: valuePage(value), permission: valuePermission(value) as Permission };
    },
  };
}
