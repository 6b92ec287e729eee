/** A part of the benchmarks: what `--only` picks. */

import { measureRounds } from "./rounds.js";
import type { Pace, Row, Subject } from "./subject.js";

/** What a part comes to: rows, or figures of its own form with the text that shows them. */
export type Figures = { rows: Row[] } | { figures: unknown; text: string };

export interface Part {
  name: string;
  /** A line of help, and the title above its rows. */
  says: string;
  /** Measured when no part is picked. */
  isDefault: boolean;
  /** `pace.milliseconds` is `null` where no time was asked for. */
  measure(pace: Asked, say: (line: string) => void): Figures | Promise<Figures>;
}

export interface Asked {
  rounds: number;
  milliseconds: number | null;
}

const TURN = 400;

/** A part whose subjects are measured in rounds. */
export function roundsPart(name: string, says: string, subjects: () => Subject[]): Part {
  return rowsPart(name, says, (pace) => measureRounds(subjects(), pace));
}

export function rowsPart(
  name: string,
  says: string,
  measure: (pace: Pace) => Row[] | Promise<Row[]>,
  isDefault = true,
): Part {
  return {
    name,
    says,
    isDefault,
    async measure({ rounds, milliseconds }) {
      return { rows: await measure({ rounds, milliseconds: milliseconds ?? TURN }) };
    },
  };
}
