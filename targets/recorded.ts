/**
 * A target that gives the answers that another gave before: what is kept of a run is judged again without its program.
 */

import { KIND, STRIDE } from "../commands/command.js";
import type { Answers, Target, TargetInfo, TargetRun, Trouble } from "./target.js";

export class RecordedTarget implements Target {
  constructor(
    readonly info: TargetInfo,
    private readonly outcomes: readonly (number | null)[],
    private readonly trouble: Trouble | null,
  ) {}

  accepts(): boolean {
    return true;
  }

  begin(): TargetRun {
    let asked = 0;
    const { outcomes, trouble } = this;
    return {
      step(sequence, at) {
        if (sequence[at * STRIDE] === KIND.dma) asked++;
      },
      send() {},
      finish: (): Answers => ({ outcomes: outcomes.slice(0, asked), trouble, stderr: [] }),
    };
  }

  restart(): void {}

  close(): void {}
}
