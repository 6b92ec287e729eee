/**
 * A run that can be looked at after any of its steps, by running it again where needed.
 *
 * Nothing is kept of the steps: the state of a large geometry takes too much room for that, and a step is cheap.
 */

import type { Command } from "../commands/command.js";
import { printCommand } from "../commands/language.js";
import type { Machine } from "../models/machine.js";

export class Timeline {
  private done = Number.POSITIVE_INFINITY;

  constructor(
    readonly machine: Machine,
    readonly sequence: Float64Array,
    readonly commands: readonly Command[],
  ) {}

  /** The machine as it is after `step` commands; 0 is the start. */
  after(step: number): Machine {
    if (step < this.done) {
      this.machine.reset();
      this.done = 0;
    }
    for (; this.done < step; this.done++) this.machine.step(this.sequence, this.done);
    return this.machine;
  }

  /** The command that is step `step`, from 1. */
  command(step: number): Command {
    return this.commands[step - 1]!;
  }

  text(step: number): string {
    return printCommand(this.command(step));
  }

  /** The first step from `from` to `to` for which `holds`, or -1. */
  first(from: number, to: number, holds: (step: number) => boolean): number {
    for (let step = from; step <= to; step++) if (holds(step)) return step;
    return -1;
  }
}
