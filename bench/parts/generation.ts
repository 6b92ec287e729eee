/**
 * Drawing sequences and running nothing: genes by fast-check and what they become, beside `fc.commands` with the
 * classes of the baseline, and beside integers alone, which is the bound.
 *
 * What serves an open duty depends on the state, so that genes are decoded here as if nothing were owed.
 */

import fc from "fast-check";
import { beginSequence, decodeGene, GENES, genes, temperOf } from "../../commands/arbitrary.js";
import { KIND, STRIDE } from "../../commands/command.js";
import { geometryOf } from "../../models/geometry.js";
import { paletteOf } from "../../search/palette.js";
import { sequences } from "../baseline/arbitrary.js";
import type { Subject } from "../subject.js";

const RUNS = 200;
const BASELINE = "fc.commands";
const BOUND = "integers of 30 bits";

export function generationSubjects(): Subject[] {
  return [
    { ...decoded("genes and their commands"), against: BASELINE },
    { ...drawn("genes alone", genes(GENES)), against: BOUND },
    {
      ...drawn(BOUND, fc.array(fc.nat(2 ** 30), { maxLength: GENES, size: "max" })),
      against: BASELINE,
    },
    commands(),
  ];
}

function drawn(name: string, arbitrary: fc.Arbitrary<number[]>): Subject {
  return seeded(name, (count) => fc.property(arbitrary, (sequence) => count(sequence.length)));
}

function decoded(name: string): Subject {
  const palette = paletteOf(geometryOf());
  const command = new Float64Array(STRIDE);
  const last = new Float64Array(STRIDE);
  const owesNothing = (): boolean => false;
  return seeded(name, (count) =>
    fc.property(genes(GENES), (sequence) => {
      last.fill(0);
      const temper = temperOf(sequence[0]!, palette);
      for (const [at, gene] of sequence.entries()) {
        if (at > 0 || !beginSequence(temper, command)) decodeGene(gene, palette, temper, owesNothing, last, command);
        if (command[0] === KIND.write || command[0] === KIND.stage2) last.set(command);
      }
      count(sequence.length);
    }),
  );
}

function commands(): Subject {
  return seeded(BASELINE, (count) =>
    fc.property(sequences(GENES), (sequence) => {
      let length = 0;
      for (const _ of sequence) length++;
      count(length);
    }),
  );
}

function seeded(name: string, property: (count: (length: number) => void) => fc.IProperty<unknown>): Subject {
  let seed = 0;
  let total = 0;
  const runs = property((length) => {
    total += length;
  });
  return {
    name,
    unit: "commands/s",
    clock: "processor",
    restart() {
      seed = 0;
    },
    batch() {
      total = 0;
      fc.assert(runs, { seed: seed++, numRuns: RUNS });
      return total;
    },
  };
}
