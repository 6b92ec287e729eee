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

  /** The first step behind `step`, up to `until`, that fenced; -1 if none did. */
  fenceAfter(step: number, until: number): number {
    this.fences ??= this.commands.map((_, at) => this.after(at + 1).note.fenced);
    const at = this.fences.indexOf(true, step);
    return at < 0 || at + 1 > until ? -1 : at + 1;
  }
  private fences: boolean[] | undefined;
}
