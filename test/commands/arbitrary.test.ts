/** Genes decode to commands: always, the same each time, and inside the geometry whose palette they are given. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  beginSequence,
  type Discharge,
  decodeGene,
  genes,
  type Palette,
  type Temper,
  temperOf,
} from "../../commands/arbitrary.js";
import { type Command, decode, ENTRY, encodeAll, KIND, STRIDE, slots } from "../../commands/command.js";
import { parseCommands, printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { paletteOf } from "../../search/palette.js";

const GEOMETRIES = ["2x4", "1x2", "1x4/2x4", "3x8", "2x4/1x16 contexts=1", "4x512", "2x2 guest=2 contexts=8 vms=4"];
const palettes = GEOMETRIES.map((text) => [text, paletteOf(geometryOf(text))] as const);
const gene = fc.nat({ max: 2 ** 30 - 1 });
const LARGEST = 2 ** 30 - 1;

const never: Discharge = () => false;
const fence: Discharge = (_, into) => {
  into.fill(0, 0, STRIDE);
  into[0] = KIND.fence;
  return true;
};

/** Few global entries, duties that pile up, every context attached. */
const PLAIN: Temper = { globals: 48, orderly: false, detached: -1 };

function decoded(
  number: number,
  palette: Palette,
  discharge = never,
  last: Float64Array = new Float64Array(STRIDE),
  temper: Temper = PLAIN,
): Float64Array {
  const into = new Float64Array(STRIDE).fill(7);
  decodeGene(number, palette, temper, discharge, last, into);
  return into;
}

/** The operands of a command that name something, each below its number. */
function outside(command: Command, { limits, iova }: Palette): string[] {
  const bounds: Record<string, number> = {
    context: limits.contexts,
    vm: limits.vms,
    page: limits.guestPages,
    index: limits.entries,
    domain: limits.domains,
    process: limits.processes,
    root: limits.guestPages,
  };
  const wrong = Object.entries(command)
    .filter(([name, value]) => bounds[name] !== undefined && typeof value === "number" && value >= bounds[name]!)
    .map(([name, value]) => `${name}=${value}`);
  if ("iova" in command && !iova.includes(command.iova)) wrong.push(`iova=${command.iova}`);
  return wrong;
}

describe.each(palettes)("decoding in %s", (_, palette) => {
  it("is total: every gene is a command that prints and parses", () => {
    fc.assert(
      fc.property(gene, (number) => {
        const command = decode(decoded(number, palette), 0);
        const parsed = parseCommands(printCommand(command));
        expect(parsed.ok && [...encodeAll(parsed.commands)]).toEqual([...encodeAll([command])]);
      }),
      { seed: 1, numRuns: 2000, examples: [[0], [LARGEST]] },
    );
  });

  it("is the same each time, whatever was in the place before", () => {
    fc.assert(
      fc.property(gene, gene, (number, other) => {
        const first = decoded(number, palette);
        decoded(other, palette);
        expect(decoded(number, palette)).toEqual(first);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("stays inside the geometry", () => {
    fc.assert(
      fc.property(gene, (number) => {
        const command = decode(decoded(number, palette), 0);
        expect(outside(command, palette), printCommand(command)).toEqual([]);
      }),
      { seed: 3, numRuns: 2000 },
    );
  });

  it("draws every kind of command", () => {
    const kinds = new Set<number>();
    fc.assert(
      fc.property(gene, (number) => {
        kinds.add(decoded(number, palette)[0]!);
      }),
      { seed: 4, numRuns: 5000 },
    );
    expect([...kinds].sort((a, b) => a - b)).toEqual(Object.values(KIND).sort((a, b) => a - b));
  });
});

describe("a discharge", () => {
  const [, palette] = palettes[0]!;

  it("has its share, and what it writes is the command", () => {
    const numbers = fc.sample(gene, { seed: 5, numRuns: 4000 });
    const fences = (discharge: Discharge): number =>
      numbers.filter((number) => decoded(number, palette, discharge)[0] === KIND.fence).length;
    const share = (fences(fence) - fences(never)) / numbers.length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.46);
  });

  it("is asked with a number below 4096", () => {
    const asked = new Set<number>();
    const ask: Discharge = (choice) => {
      asked.add(choice);
      return false;
    };
    for (const number of fc.sample(gene, { seed: 6, numRuns: 5000 })) decoded(number, palette, ask);
    expect(Math.min(...asked)).toBeLessThan(100);
    expect(Math.max(...asked)).toBeLessThan(4096);
    expect(Math.max(...asked)).toBeGreaterThan(4000);
  });
});

describe("again", () => {
  const [, palette] = palettes[0]!;
  const W = slots("write");
  const T = slots("stage2");
  const numbers = fc.sample(gene, { seed: 7, numRuns: 4000 });

  /** What the genes become that look at the last entry: those that another last entry changes. */
  function repeats(last: Float64Array): Float64Array[] {
    const nothing = new Float64Array(STRIDE).fill(0);
    nothing[0] = KIND.fence;
    return numbers
      .map((number) => [decoded(number, palette, never, nothing), decoded(number, palette, never, last)] as const)
      .filter(([plain, other]) => plain.join() !== other.join())
      .map(([, other]) => other);
  }

  it("writes the last stage-1 entry once more, mostly with its target", () => {
    const last = encoded("w d1 g5[3]=leaf g10 r global");
    const again = repeats(last);
    expect(again.length / numbers.length).toBeGreaterThan(0.03);
    for (const command of again) {
      expect([0, W.vm, W.page, W.index].map((slot) => command[slot])).toEqual(
        [0, W.vm, W.page, W.index].map((slot) => last[slot]),
      );
    }
    const kept = again.filter((command) => command[W.entry] === ENTRY.leaf && command[W.target] === last[W.target]);
    expect(kept.length / again.length).toBeGreaterThan(0.5);
  });

  it("writes the last stage-2 entry once more", () => {
    const last = encoded("s2 d1 g10=h26 rw");
    const again = repeats(last);
    expect(again.length / numbers.length).toBeGreaterThan(0.03);
    for (const command of again)
      expect([0, T.vm, T.page].map((slot) => command[slot])).toEqual([0, T.vm, T.page].map((slot) => last[slot]));
    expect(new Set(again.map((command) => command[T.permission])).size).toBeGreaterThan(1);
  });

  it("puts a leaf in the place of an entry that names nothing", () => {
    const again = repeats(encoded("w g4[0]=-"));
    const leaves = again.filter((command) => command[W.entry] === ENTRY.leaf);
    expect(leaves.length / again.length).toBeGreaterThan(0.5);
    for (const command of leaves) expect(palette.data).toContain(command[W.target]);
  });

  it("leaves the last entry as it was", () => {
    const last = encoded("w g4[0]=leaf g9 rw");
    const before = last.slice();
    repeats(last);
    expect(last).toEqual(before);
  });

  function encoded(text: string): Float64Array {
    const parsed = parseCommands(text);
    if (!parsed.ok) throw new Error(text);
    return encodeAll(parsed.commands);
  }
});

describe("genes", () => {
  it("are 1 to the given number, each of 30 bits, the same for the same seed", () => {
    const drawn = fc.sample(genes(60), { seed: 8, numRuns: 300 });
    expect(fc.sample(genes(60), { seed: 8, numRuns: 300 })).toEqual(drawn);
    for (const one of drawn) {
      expect(one.length).toBeGreaterThanOrEqual(1);
      expect(one.length).toBeLessThanOrEqual(60);
      for (const number of one) expect(number >= 0 && number <= LARGEST && Number.isInteger(number)).toBe(true);
    }
    const lengths = drawn.map(({ length }) => length);
    expect(Math.max(...lengths)).toBeGreaterThan(50);
  });
});

describe("the temper of a sequence", () => {
  const [, palette] = palettes[0]!;
  const numbers = fc.sample(gene, { seed: 9, numRuns: 4000 });
  const tempers = Array.from({ length: 16 }, (_, top) => temperOf(top * 2 ** 26, palette));
  const share = (temper: Temper, discharge: Discharge, has: (command: Float64Array) => boolean): number =>
    numbers.filter((number) => has(decoded(number, palette, discharge, undefined, temper))).length / numbers.length;

  it("is chosen by the first gene: a quarter with many global entries and a context less, half of them orderly", () => {
    expect(tempers.filter(({ globals }) => globals < 48)).toHaveLength(4);
    expect(tempers.filter(({ detached }) => detached === 1)).toHaveLength(4);
    expect(tempers.filter(({ orderly }) => orderly)).toHaveLength(8);
    expect(tempers.filter(({ orderly, globals }) => orderly && globals < 48)).toHaveLength(2);
  });

  it("begins with the context that it detaches, and with nothing of its own otherwise", () => {
    const into = new Float64Array(STRIDE).fill(7);
    expect(beginSequence(tempers[0]!, into)).toBe(true);
    expect(printCommand(decode(into, 0))).toBe("ctx c1=-");
    expect(beginSequence(PLAIN, into)).toBe(false);
  });

  it("makes global entries as frequent as it says", () => {
    const isGlobal = (command: Float64Array) => command[0] === KIND.write && command[slots("write").global] === 1;
    expect(share({ ...PLAIN, globals: 4 }, never, isGlobal)).toBeGreaterThan(5 * share(PLAIN, never, isGlobal));
  });

  it("lets most changes wait for what is owed where it is orderly, and none where nothing is", () => {
    const isChange = (command: Float64Array) => command[0] === KIND.write || command[0] === KIND.stage2;
    const orderly = { ...PLAIN, orderly: true };
    expect(share(orderly, fence, isChange)).toBeLessThan(share(PLAIN, fence, isChange) / 3);
    expect(share(orderly, fence, isChange)).toBeGreaterThan(0);
    expect(share(orderly, never, isChange)).toBeGreaterThan(share(PLAIN, fence, isChange));
  });

  it("seldom brings a detached context back", () => {
    const isBack = (command: Float64Array) => printCommand(decode(command, 0)).startsWith("ctx c1=(");
    expect(share({ ...PLAIN, detached: 1 }, never, isBack)).toBeLessThan(share(PLAIN, never, isBack) / 2);
  });
});
