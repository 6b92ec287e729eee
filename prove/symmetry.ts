/**
 * One state for all that differ by a renaming of pages alone.
 *
 * See docs/decisions/007-symmetry.md. Each page gets a colour from what is said of it, mixed with the colours of the
 * pages that are named beside it, some rounds long; pages are then renumbered by colour. Pages of one colour that are
 * not alike keep their order: then two states that are one stay two, which costs time and no soundness. Pages that a
 * scope or the request tells apart are never exchanged.
 */

import { copyUsed } from "../models/layout.js";
import type { Machine } from "../models/machine.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { FAMILY_COUNT, mix, NONE, type Numbers, Renaming, type See } from "./renaming.js";
import type { Scope } from "./scope.js";
import type { Request } from "./slice.js";

const ROUNDS = 2;

/** Whether pages of the geometry can be renamed at all. */
export function hasSymmetry(machine: Machine): boolean {
  const { geometry } = machine;
  return geometry.stage2.levels === 1 && machine.hardware === null && machine.shadow === null;
}

export class Symmetry {
  /** By family: the class of each number; numbers of one class may be exchanged. */
  readonly classes: readonly Int32Array[];
  private readonly renaming: Renaming;
  private readonly colours: readonly Int32Array[];
  /** What memory and queue alone give: first in the order, so that states of one world have its pages alike. */
  private readonly worldColours: readonly Int32Array[];
  private readonly sums: readonly Int32Array[];
  /** New numbers by old ones, of the last state. */
  readonly numbers: Numbers;
  private readonly renamed: Int32Array;
  /** By family: the numbers that may be exchanged, class after class, each ascending. */
  private readonly groups: readonly (readonly Int32Array[])[];

  private constructor(
    private readonly machine: Machine,
    scope: Scope,
    request: Request | null,
    isSliced: boolean,
  ) {
    this.renaming = new Renaming(machine, isSliced);
    this.classes = classesOf(machine, scope, request, this.renaming.hasPageIova);
    this.colours = this.classes.map(({ length }) => new Int32Array(length));
    this.worldColours = this.classes.map(({ length }) => new Int32Array(length));
    this.sums = this.classes.map(({ length }) => new Int32Array(length));
    this.numbers = this.classes.map(({ length }) => new Int32Array(length));
    this.renamed = new Int32Array(machine.layout.size);
    this.groups = this.classes.map(groupsOf);
  }

  /** The symmetry of a proof, or null where the geometry or the strategies have none. */
  static of(machine: Machine, scope: Scope, request: Request | null, isSliced: boolean): Symmetry | null {
    return hasSymmetry(machine) ? new Symmetry(machine, scope, request, isSliced) : null;
  }

  /** Whether IOVA pages, and with them indexes of entries, are renamed. */
  get hasPageIova(): boolean {
    return this.renaming.hasPageIova;
  }

  /** The state that stands for all those that are `state` up to renaming; of use until the next call. */
  canonical(state: Int32Array): Int32Array {
    for (let family = 0; family < FAMILY_COUNT; family++) this.colours[family]!.set(this.classes[family]!);
    for (let round = 0; round < ROUNDS; round++) {
      this.sum();
      this.renaming.walkWorld(state, this.see);
      this.mixSums();
    }
    for (let family = 0; family < FAMILY_COUNT; family++) this.worldColours[family]!.set(this.colours[family]!);
    this.sum();
    this.renaming.walkRest(state, this.see);
    this.mixSums();
    if (!this.number()) return state;
    copyUsed(this.machine.layout, state, this.renamed);
    this.renaming.rename(state, this.numbers, this.renamed);
    return this.renamed;
  }

  private sum(): void {
    for (const sums of this.sums) sums.fill(0);
  }

  private mixSums(): void {
    for (let family = 0; family < FAMILY_COUNT; family++) {
      const colours = this.colours[family]!;
      const sums = this.sums[family]!;
      for (let number = 0; number < colours.length; number++) colours[number] = mix(colours[number]!, sums[number]!);
    }
  }

  private readonly see: See = (place, family, number, other, otherNumber, third, thirdNumber) => {
    const a = this.colourOf(family, number);
    const b = this.colourOf(other, otherNumber);
    const c = this.colourOf(third, thirdNumber);
    const fact = mix(mix(mix(place, a), b), c);
    this.addTo(family, number, fact);
    this.addTo(other, otherNumber, mix(fact, 1));
    this.addTo(third, thirdNumber, mix(fact, 2));
  };

  private colourOf(family: number, number: number): number {
    if (family < 0 || family === NONE) return 0;
    const colours = this.colours[family]!;
    return number < colours.length ? colours[number]! : number;
  }

  private addTo(family: number, number: number, fact: number): void {
    if (family < 0 || family === NONE) return;
    const sums = this.sums[family]!;
    if (number < sums.length) sums[number] = (sums[number]! + fact) | 0;
  }

  /** New numbers by colour; false if every page keeps its own. */
  private number(): boolean {
    let isChanged = false;
    for (let family = 0; family < FAMILY_COUNT; family++) {
      const numbers = this.numbers[family]!;
      const colours = this.colours[family]!;
      const world = this.worldColours[family]!;
      for (let number = 0; number < numbers.length; number++) numbers[number] = number;
      for (const group of this.groups[family]!) {
        for (let at = 0; at < group.length; at++) {
          const own = group[at]!;
          let rank = 0;
          for (let beside = 0; beside < group.length; beside++) {
            const other = group[beside]!;
            if (isBefore(world, colours, other, own)) rank++;
          }
          numbers[own] = group[rank]!;
          if (group[rank] !== own) isChanged = true;
        }
      }
    }
    return isChanged;
  }
}

/** By colour in the world, then by colour in all, then by number. */
function isBefore(world: Int32Array, colours: Int32Array, a: number, b: number): boolean {
  if (world[a] !== world[b]) return world[a]! < world[b]!;
  return colours[a] === colours[b] ? a < b : colours[a]! < colours[b]!;
}

/** Numbers alike in every way that a scope, the request or the geometry looks at. */
export function classesOf(machine: Machine, scope: Scope, request: Request | null, hasPageIova: boolean): Int32Array[] {
  const { geometry } = machine;
  // A superpage needs an aligned run of pages, which a renaming would tear; so does an invalidation of some of them.
  const hasSuperpages = geometry.stage1.levels > 1 && scope.entries.includes("super");
  const hasGuestRuns = hasSuperpages || (scope.ranges && geometry.guestPages > 2);
  const hasIovaRuns = scope.ranges && geometry.iova.count > 2;
  const isRoot = new Set(geometry.tableBase);
  const host = Array.from({ length: geometry.hostPages }, (_, page) =>
    isRoot.has(page) ? `root ${page}` : `${scope.hosts.includes(page)}`,
  );
  const guest = Array.from({ length: geometry.guestPages }, (_, page) =>
    hasGuestRuns || (page === 0 && isFirstSpecial(machine, true))
      ? `${page}`
      : [scope.tables, scope.targets, scope.remap].map((pages) => pages.includes(page)).join(" "),
  );
  const iova = Array.from({ length: geometry.iova.count }, (_, page) =>
    !hasPageIova || hasIovaRuns || (page === 0 && isFirstSpecial(machine, false))
      ? `${page}`
      : request === null || request.page !== page
        ? "any"
        : "asked",
  );
  return [host, guest, iova].map((names) => Int32Array.from(names, (name) => names.indexOf(name)));
}

/** Whether some command of the unit means page 0 where it names none; of guest pages, or of IOVA pages. */
function isFirstSpecial({ unit }: Machine, isGuest: boolean): boolean {
  return unit.commands.some(
    ({ known, range }, kind) => known && range.all === "first" && (INVALIDATION_KINDS[kind] === "s2") === isGuest,
  );
}

function groupsOf(classes: Int32Array): Int32Array[] {
  const names = [...new Set(classes)];
  return names
    .map((name) => Int32Array.from([...classes.keys()].filter((number) => classes[number] === name)))
    .filter(({ length }) => length > 1);
}
