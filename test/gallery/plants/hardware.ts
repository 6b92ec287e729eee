/**
 * Plants in the unit: what it does although its architecture is right. All but `shortKeys` are in the concrete one alone,
 * and the envelope does not do it.
 */

import { type CommandKind, slots, WRITE } from "../../../commands/command.js";
import { pagePosition } from "../../../models/geometry.js";
import type { Machine } from "../../../models/machine.js";
import { CACHE, GLOBAL } from "../../../models/unit.js";
import { PRESENT, valueClass, valuePage, valuePermission, valueSecond, valueSpan } from "../../../models/values.js";
import type { CacheName } from "../../../rules/vocabulary.js";
import { beforeStep, insideHardware, onReset, onStep, type Plant } from "./inside.js";

const REQUESTS: readonly CommandKind[] = ["dma", "prefetch", "walk-start"];

/** A walk in flight is killed neither by commands nor by fences; one that has seen a fence ends before the next request. */
export const walksSurvive: Plant = (machine) => {
  const inside = insideHardware(machine);
  const hardware = machine.hardware!;
  const fenced = hardware.fenced.bind(hardware);
  let survivors: (readonly [context: number, page: number])[] = [];
  onReset(machine, () => {
    survivors = [];
  });
  inside.abandons = () => false;
  hardware.fenced = (state) => {
    const flights = state.slice(inside.flights, inside.flights + 8);
    fenced(state);
    state.set(flights, inside.flights);
    survivors = [0, 4].filter((at) => flights[at] !== 0).map((at) => [flights[at]! - 1, flights[at + 1]!] as const);
  };
  beforeStep(machine, (kind) => {
    if (!REQUESTS.includes(kind)) return;
    for (const [context, page] of survivors) hardware.endWalk(machine.state, context, page);
    survivors = [];
  });
};

/** The unit asks whether stage 2 maps a page, and never what it permits: not for tables, not for data. */
export const ignoresStage2Permissions: Plant = (machine) => {
  const inside = insideHardware(machine);
  const stage2 = inside.stage2.bind(inside);
  inside.stage2 = (state, domain, vm, guestPage) => {
    const value = stage2(state, domain, vm, guestPage);
    return valueClass(value) === PRESENT ? value | (3 << 2) : value;
  };
};

const D = slots("dma");

/** The last DMA write is still under way at the next fence, and keeps its translation until the one after. */
export const writesLandLate: Plant = (machine) => {
  const inside = insideHardware(machine);
  const hardware = machine.hardware!;
  let flight = { context: -1, page: -1, value: 0, fences: 0 };
  const land = (): void => {
    flight = { context: -1, page: -1, value: 0, fences: 0 };
  };
  onReset(machine, land);
  onStep(machine, (kind, sequence, from) => {
    if (kind !== "dma" || sequence[from + D.access] !== 1) return;
    const context = sequence[from + D.context]!;
    const page = pagePosition(machine.geometry.iova, sequence[from + D.iova]!);
    if (context >= machine.geometry.contexts || page < 0) return;
    const value = hardware.translate(machine.state, context, page);
    if (value >= 0 && valueClass(value) === PRESENT && (valuePermission(value) & WRITE) !== 0)
      flight = { context, page, value, fences: 0 };
  });
  const through = inside.requestThrough.bind(inside);
  inside.requestThrough = (state, context, entry, page) =>
    context === flight.context && page === flight.page ? flight.value : through(state, context, entry, page);
  const fenced = hardware.fenced.bind(hardware);
  hardware.fenced = (state) => {
    fenced(state);
    if (++flight.fences === 2) land();
    hardware.changes++;
  };
};

const WALKS = ["access", "translate", "refresh", "startWalk", "endWalk"] as const;

/** The newest stage-2 entry stays in the CPU's cache until the next one is written: the walker reads the old one. */
export const readsOldStage2: Plant = (machine) => {
  const hardware = machine.hardware!;
  let stale = { at: -1, old: 0 };
  onReset(machine, () => {
    stale = { at: -1, old: 0 };
  });
  onStep(machine, () => {
    const { change, memory } = machine.world;
    if (machine.note.wrote && change.kind === "entry" && change.vm >= 0)
      stale = { at: memory + change.at, old: change.old };
  });
  const seeOld = <R>(state: Int32Array, walk: () => R): R => {
    if (stale.at < 0) return walk();
    const now = state[stale.at]!;
    state[stale.at] = stale.old;
    const result = walk();
    state[stale.at] = now;
    return result;
  };
  for (const name of WALKS) {
    const walk = hardware[name].bind(hardware) as (state: Int32Array, ...rest: unknown[]) => unknown;
    Object.assign(hardware, {
      [name]: (state: Int32Array, ...rest: unknown[]) => seeOld(state, () => walk(state, ...rest)),
    });
  }
};

/** A stage-1 superpage over small stage-2 pages: all of it is translated by where its first page lies. */
export const superpageByFirstPage: Plant = (machine) => {
  const inside = insideHardware(machine);
  const combine = inside.combine.bind(inside);
  const stage2 = inside.stage2.bind(inside);
  let offset = 0;
  inside.stage2 = (state, domain, vm, guestPage) => {
    const value = stage2(state, domain, vm, guestPage - offset);
    return valueClass(value) === PRESENT ? value + (offset << 7) : value;
  };
  inside.combine = (state, context, entry, page, leaf) => {
    const isLeaf = leaf >= 0 && valueClass(leaf) === PRESENT;
    offset = isLeaf ? valuePage(leaf) % machine.geometry.iova.spanPages[valueSpan(leaf)]! : 0;
    const result = combine(state, context, entry, page, leaf);
    offset = 0;
    return result;
  };
};

/** Small stage-1 pages over a stage-2 superpage: one result is taken for all pages beside it. */
export const smallPageBySuperpage: Plant = (machine) => {
  const inside = insideHardware(machine);
  const lookTagged = inside.lookTagged.bind(inside);
  const size = machine.geometry.iova.spanPages[1] ?? 1;
  inside.lookTagged = (state, cache, address) => {
    const found = lookTagged(state, cache, address);
    if (cache !== CACHE.iotlb || found >= 0) return found;
    const first = address - (address % size);
    for (let beside = first; beside < first + size && beside < machine.geometry.iova.count; beside++) {
      const value = beside === address ? -1 : lookTagged(state, cache, beside);
      if (value >= 0 && valueClass(value) === PRESENT && isUnderSuperpage(machine, state, value))
        return value + ((address - beside) << 7);
    }
    return found;
  };
};

/** Whether some VM maps the guest page that a combined value came through by a superpage. */
function isUnderSuperpage(machine: Machine, state: Int32Array, value: number): boolean {
  for (let vm = 0; vm < machine.geometry.vms; vm++) {
    const stage2 = machine.world.translate(state, vm, valueSecond(value));
    if (valueClass(stage2) === PRESENT && valueSpan(stage2) > 0 && valuePage(stage2) === valuePage(value)) return true;
  }
  return false;
}

/** A cache compares fewer bits of a tag than there are: those of the mask. Keys alone are cut, commands are not. */
export const shortKeys =
  (cache: CacheName, masks: { requester?: number; domain?: number; process?: number }): Plant =>
  ({ unit }) => {
    const set = unit.set.bind(unit);
    const { requester = -1, domain = -1, process = -1 } = masks;
    unit.set = (at, context, ofDomain, ofProcess, address) => {
      if (at !== CACHE[cache]) return set(at, context, ofDomain, ofProcess, address);
      const cut = ofProcess === GLOBAL ? GLOBAL : ofProcess & process;
      return set(at, context & requester, ofDomain & domain, cut, address);
    };
  };
