/**
 * Names for what the models hold as numbers: keys and values of caches, outcomes, recipes, requests.
 */

import type { EntryRequest } from "../corpus/entry.js";
import type { Machine } from "../models/machine.js";
import { CACHE, GLOBAL } from "../models/unit.js";
import {
  ABSENT,
  CONTEXT_MASKS,
  contextClass,
  contextDomain,
  contextProcess,
  contextRoot,
  contextRootIsHost,
  contextVm,
  PRESENT,
  valuePage,
  valuePermission,
} from "../models/values.js";
import type { CacheName, Confidence, ContractRule, Scope } from "../rules/vocabulary.js";
import { CACHE_NAMES, unreachable } from "../rules/vocabulary.js";

const PERMISSIONS = ["none", "r", "w", "rw"] as const;

/** `c0 i0`. */
export function placeText({ context, iova }: Pick<EntryRequest, "context" | "iova">): string {
  return `c${context} i${iova}`;
}

/** `read of c0 i0`. */
export function requestText(request: EntryRequest): string {
  return `${request.access === "w" ? "write" : "read"} of ${placeText(request)}`;
}

/** Outcomes in a narrow column: pages in order, then `fault` for all of them. */
export function outcomesText(outcomes: readonly number[]): string {
  const pages = outcomes.filter((outcome) => outcome >= 0).sort((a, b) => a - b);
  const words = pages.map((page) => `h${page}`);
  return [...words, ...(pages.length < outcomes.length ? ["fault"] : [])].join(" ");
}

/** ` (inferred)`; nothing where the specification says so. */
export function confidenceText(confidence: Confidence): string {
  switch (confidence) {
    case "specification":
      return "";
    case "code":
      return " (seen in code)";
    case "inferred":
      return " (inferred)";
    case "memory":
      return " (from memory)";
    default:
      return unreachable(confidence);
  }
}

/** The caches in prose. */
export const CACHE_WORDS: Readonly<Record<CacheName, string>> = {
  context: "context cache",
  pasid: "PASID cache",
  walk: "walk cache",
  stage1: "stage-1 cache",
  "stage2-walk": "stage-2 walk cache",
  stage2: "stage-2 cache",
  iotlb: "IOTLB",
  "device-tlb": "device TLB",
};

/** The cache of a set, in prose. */
export function cacheWords(machine: Machine, set: number): string {
  return CACHE_WORDS[CACHE_NAMES[machine.unit.setCache[set]!]!];
}

/** The key of a set: `d0 p0 i0` in the IOTLB, `d0 p0 i0-i3` in the walk cache, `c0 i0` in the device TLB. */
export function keyText(machine: Machine, set: number): string {
  const { unit, geometry } = machine;
  const words: string[] = [];
  const requester = unit.setRequester[set]!;
  const domain = unit.setDomain[set]!;
  const process = unit.setProcess[set]!;
  if (requester >= 0) words.push(`c${requester}`);
  if (domain >= 0) words.push(`d${domain}`);
  if (process >= 0) words.push(`p${process}`);
  if (process === GLOBAL) words.push("global");
  const address = unit.setAddress[set]!;
  const name = CACHE_NAMES[unit.setCache[set]!]!;
  switch (name) {
    case "context":
    case "pasid":
      break;
    case "walk":
      words.push(rangeText("i", geometry.iova.prefixBase[address]!, geometry.iova.prefixPages[address]!));
      break;
    case "stage2-walk":
      words.push(rangeText("g", geometry.guest.prefixBase[address]!, geometry.guest.prefixPages[address]!));
      break;
    case "stage2":
      words.push(`g${address}`);
      break;
    case "stage1":
    case "iotlb":
    case "device-tlb":
      words.push(`i${geometry.iova.pages[address]!}`);
      break;
    default:
      return unreachable(name);
  }
  return words.join(" ");
}

export function rangeText(letter: string, first: number, pages: number): string {
  return pages === 1 ? `${letter}${first}` : `${letter}${first}-${letter}${first + pages - 1}`;
}

/** What a set holds: `h8 rw`, `table g4`, `v0 d0`, `not present`. */
export function valueText(machine: Machine, set: number, value: number): string {
  const cache = machine.unit.setCache[set]!;
  if (cache === CACHE.context || cache === CACHE.pasid) {
    return contextText(value, machine.unit.caches[cache]!.fieldMask);
  }
  if ((value & 3) !== PRESENT) return classText(value);
  const rights = PERMISSIONS[valuePermission(value)]!;
  const page = valuePage(value);
  if (cache === CACHE.walk) return `a pointer to table ${value >>> 19 === 1 ? "h" : "g"}${page}`;
  if (cache === CACHE["stage2-walk"]) return `a pointer to table h${page}`;
  return `${cache === CACHE.stage1 ? "g" : "h"}${page} ${rights}`;
}

/** The fields of a context entry that `mask` keeps. */
export function contextText(value: number, mask: number): string {
  if (contextClass(value) !== PRESENT) return classText(value);
  const root = `root ${contextRootIsHost(value) === 1 ? "h" : "g"}${contextRoot(value)}`;
  const fields: [number, string][] = [
    [CONTEXT_MASKS.vm, `v${contextVm(value)}`],
    [CONTEXT_MASKS.domain, `d${contextDomain(value)}`],
    [CONTEXT_MASKS.process, `p${contextProcess(value)}`],
    [CONTEXT_MASKS.root, root],
  ];
  const kept = fields.filter(([field]) => (mask & field) !== 0).map(([, text]) => text);
  return kept.length === 0 ? "present" : kept.join(" ");
}

function classText(value: number): string {
  return (value & 3) === ABSENT ? "not present" : "malformed";
}

/** What a rule owes: `none`, or its stages: `stage1+iotlb, fence, device-tlb, fence`. */
export function owesText(stages: ContractRule["stages"]): string {
  if (stages.length === 0) return "none";
  return stages.map((stage) => `${stage.map(scopeText).join(" and ")}, fence`).join(", ");
}

export function scopeText({ caches, range, process, global }: Scope): string {
  const more = [
    ...(range === "all" ? ["all pages"] : []),
    ...(process === "any" ? ["any process"] : []),
    ...(global === "if-global" ? [] : [global === "always" ? "global too" : "none global"]),
  ];
  return `${caches.join("+")}${more.length === 0 ? "" : ` (${more.join(", ")})`}`;
}
