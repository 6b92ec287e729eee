/**
 * One change of what a sequence names, everywhere at once: the steps that the far-reaching passes combine.
 *
 * Unlike lowering, a change may go to a larger number: what it leads to is simpler for another reason, a command or a
 * start context less. Numbers of a large family go to the first few and to those in use.
 */

import { KIND, type Limits, STRIDE, slots } from "../commands/command.js";
import { commandCount } from "./candidate.js";
import { FAMILIES, type Family, familyLimit, renamed, valuesOf } from "./families.js";

const W = slots("write");
const FEW = 16;

/** The sequences in which one number of a family is another, wherever it stands. */
export function* renamings(commands: Float64Array, limits: Limits): Generator<Float64Array> {
  for (const family of FAMILIES) {
    const numbers = numbersOf(family, commands, limits);
    for (const value of valuesOf(commands, family)) {
      for (const other of numbers) {
        if (other !== value) yield renamed(commands, family, (number) => (number === value ? other : number));
      }
    }
  }
}

/**
 * The sequences in which all stage-1 writes to one entry go to another, with and without the global mark. A table page
 * alone does not say where an entry stands: page and index change together here, and targets stay.
 */
export function* moves(commands: Float64Array, limits: Limits): Generator<Float64Array> {
  const pages = numbersOf("guest-page", commands, limits);
  const indexes = numbersOf("index", commands, limits);
  for (const place of placesOf(commands)) {
    for (const page of pages) {
      for (const index of indexes) {
        for (const global of [0, 1]) yield moved(commands, place, page, index, global);
      }
    }
  }
}

/** The first few numbers of a family, and those in use. */
export function numbersOf(family: Family, commands: Float64Array, limits: Limits): number[] {
  const few = Array.from({ length: Math.min(FEW, familyLimit(family, limits)) }, (_, number) => number);
  return [...new Set([...few, ...valuesOf(commands, family)])];
}

/** Positions of the first write to each entry. */
function placesOf(commands: Float64Array): number[] {
  const places = new Map<string, number>();
  for (let position = 0; position < commandCount(commands); position++) {
    const from = position * STRIDE;
    if (commands[from] !== KIND.write) continue;
    const name = `${commands[from + W.vm]} ${commands[from + W.page]} ${commands[from + W.index]}`;
    if (!places.has(name)) places.set(name, from);
  }
  return [...places.values()];
}

function moved(commands: Float64Array, place: number, page: number, index: number, global: number): Float64Array {
  const copy = commands.slice();
  for (let from = 0; from < commands.length; from += STRIDE) {
    const isThere = [0, W.vm, W.page, W.index].every((slot) => commands[from + slot] === commands[place + slot]);
    if (!isThere) continue;
    copy[from + W.page] = page;
    copy[from + W.index] = index;
    copy[from + W.global] = global;
  }
  return copy;
}
