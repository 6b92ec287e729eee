/**
 * The flat state of a run: one `Int32Array` with named regions, so that snapshot, equality and hash are the same few
 * lines for every model.
 *
 * Follows the design page, section 4 ("State is flat"). Each model reserves its regions once, at construction, and is
 * the only code that touches them. A `bag` region holds a set of fixed-size records (a count, then the records) whose
 * order means nothing: hash and equality do not depend on it. A `derived` region can be computed from the others and is
 * left out of both.
 */

export type RegionKind = "plain" | "bag" | "derived";

export interface Region {
  name: string;
  kind: RegionKind;
  offset: number;
  length: number;
  /** Bags: numbers a record takes, and how many of them (the first ones) mean something. */
  record: number;
  meaning: number;
}

export class Layout {
  readonly regions: Region[] = [];
  size = 0;

  /** Reserves `length` numbers; returns their offset. */
  plain(name: string, length: number): number {
    return this.reserve({ name, kind: "plain", offset: this.size, length, record: 0, meaning: 0 });
  }

  derived(name: string, length: number): number {
    return this.reserve({ name, kind: "derived", offset: this.size, length, record: 0, meaning: 0 });
  }

  /** Reserves a count and room for `capacity` records of `record` numbers, `meaning` of which are compared. */
  bag(name: string, capacity: number, record: number, meaning: number): number {
    return this.reserve({ name, kind: "bag", offset: this.size, length: 1 + capacity * record, record, meaning });
  }

  private reserve(region: Region): number {
    this.regions.push(region);
    this.size += region.length;
    return region.offset;
  }
}

/**
 * Copies a state as far as it is in use: of a bag its records, and nothing of the room behind them. For searches that
 * go back to a state again and again.
 */
export function copyUsed(layout: Layout, from: Int32Array, into: Int32Array): void {
  for (const { kind, offset, length, record } of layout.regions) {
    const used = kind === "bag" ? 1 + from[offset]! * record : length;
    // A loop is faster than `set` for regions of a few numbers, and makes no views.
    if (used > 256) into.set(from.subarray(offset, offset + used), offset);
    else for (let at = offset; at < offset + used; at++) into[at] = from[at]!;
  }
}

/** Equal in all that means something: plain regions number by number, bags as sets of records. */
export function sameState(layout: Layout, a: Int32Array, b: Int32Array): boolean {
  return layout.regions.every((region) => {
    if (region.kind === "derived") return true;
    if (region.kind === "bag") return sameBag(region, a, b);
    for (let at = region.offset; at < region.offset + region.length; at++) if (a[at] !== b[at]) return false;
    return true;
  });
}

function sameBag(region: Region, a: Int32Array, b: Int32Array): boolean {
  if (a[region.offset] !== b[region.offset]) return false;
  const left = bagRecords(region, a);
  const right = bagRecords(region, b);
  return left.every((record, at) => record === right[at]);
}

/** The records of a bag as text, sorted by code unit. */
function bagRecords(region: Region, state: Int32Array): string[] {
  const count = state[region.offset]!;
  const records = Array.from({ length: count }, (_, at) => {
    const from = region.offset + 1 + at * region.record;
    return state.subarray(from, from + region.meaning).join(",");
  });
  return records.sort();
}

/** Two 32-bit lanes as 16 hexadecimal digits; equal states have equal hashes. */
export function hashState(layout: Layout, state: Int32Array): string {
  let low = 0x811c9dc5;
  let high = 0x9e3779b9;
  const mix = (value: number): void => {
    low = Math.imul(low ^ value, 0x01000193);
    high = Math.imul(high ^ (value + (low >>> 15)), 0x85ebca6b);
    high ^= high >>> 13;
  };
  for (const region of layout.regions) {
    if (region.kind === "derived") continue;
    if (region.kind === "plain") {
      for (let at = region.offset; at < region.offset + region.length; at++) mix(state[at]!);
      continue;
    }
    const count = state[region.offset]!;
    // A sum does not depend on the order of the records.
    let sum = 0;
    for (let at = 0; at < count; at++) {
      let record = 0x27d4eb2f;
      const from = region.offset + 1 + at * region.record;
      for (let number = 0; number < region.meaning; number++) {
        record = Math.imul(record ^ state[from + number]!, 0x9e3779b1);
        record ^= record >>> 15;
      }
      sum = (sum + record) | 0;
    }
    mix(count);
    mix(sum);
  }
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
