/** Architectures for the tests of the models: each cache and each rule of the vocabulary takes part in some of them. */

import {
  type Architecture,
  CACHE_NAMES,
  type CacheName,
  type CacheRule,
  CONDITIONS,
  CONTEXT_FIELDS,
  type CommandRule,
  type Condition,
  type ContextField,
  INVALIDATION_KINDS,
  type InvalidationKind,
  type Match,
  type RemovalRule,
  type Tag,
} from "../../../rules/vocabulary.js";
import type { Draw } from "./commands.js";

const SOURCE = { source: "nestfuzz, made for its tests", confidence: "specification" } as const;

export function cacheRule(name: CacheName, tags: readonly Tag[], given: Partial<CacheRule> = {}): CacheRule {
  return {
    name,
    tags,
    negative: { notPresent: false, malformed: false },
    negativeDomain: "own",
    fields: CONTEXT_FIELDS,
    pointers: "guest",
    superpages: "whole",
    ...SOURCE,
    ...given,
  };
}

export function removal(cache: CacheName, match: readonly Match[], given: Partial<RemovalRule> = {}): RemovalRule {
  return { cache, match, when: [], global: true, levelHint: false, ...SOURCE, ...given };
}

export function commandRule(
  kind: InvalidationKind,
  removes: readonly RemovalRule[],
  range: Partial<CommandRule["range"]> = {},
): CommandRule {
  return { kind, manual: kind, range: { count: "exact", mask: "aligned", all: "whole", ...range }, removes, ...SOURCE };
}

export function architectureOf(
  name: string,
  queue: Architecture["queue"],
  caches: readonly CacheRule[],
  commands: readonly CommandRule[],
): Architecture {
  return { name, summary: name, source: SOURCE.source, queue, fence: "fence", caches, commands };
}

const TAG_CHOICES: Readonly<Record<CacheName, readonly (readonly Tag[])[]>> = {
  context: [["requester"]],
  pasid: [["requester"]],
  walk: [["domain", "process"], ["domain"], ["requester"], ["process"], ["requester", "domain", "process"], []],
  stage1: [["domain", "process"], ["domain"], ["requester"], ["process"]],
  "stage2-walk": [["domain"], []],
  stage2: [["domain"], []],
  iotlb: [["domain", "process"], ["domain", "process"], ["domain"], ["requester"], ["requester", "domain", "process"]],
  "device-tlb": [["requester"]],
};

const FIELD_SPLITS: readonly (readonly [readonly ContextField[], readonly ContextField[]])[] = [
  [
    ["valid", "vm", "domain"],
    ["valid", "process", "root"],
  ],
  [["valid"], ["valid", "vm", "domain", "process", "root"]],
  [
    ["valid", "vm", "domain", "root"],
    ["valid", "process"],
  ],
];

/**
 * An architecture of random caches and commands, within what a rule file could say. Not drawn, since the design page
 * does not say what they mean: level hints on what has no level (pointers, negative entries, walks in flight).
 */
export function drawArchitecture(draw: Draw, queue: Architecture["queue"]): Architecture {
  const present = CACHE_NAMES.filter(() => draw.chance(0.65));
  const negatives = draw.from(["none", "all", "some"] as const);
  const split = draw.from(FIELD_SPLITS);
  const both = present.includes("context") && present.includes("pasid");
  const fieldsOf = (name: CacheName): readonly ContextField[] => {
    if (!both || (name !== "context" && name !== "pasid")) return CONTEXT_FIELDS;
    return split[name === "context" ? 0 : 1];
  };
  const caches = present.map((name) => {
    const tags = draw.from(TAG_CHOICES[name]);
    return cacheRule(name, tags, {
      lookup: name === "iotlb" && tags.includes("requester") ? draw.from([undefined, "requester"]) : undefined,
      negative: drawNegative(draw, negatives),
      negativeDomain: draw.chance(0.3) ? "none" : "own",
      fields: fieldsOf(name),
      pointers: draw.from(["guest", "host", "either"]),
      superpages: draw.chance(0.3) ? "piece" : "whole",
    });
  });
  const commands = INVALIDATION_KINDS.map((kind) => drawRules(draw, kind, present, negatives === "none"));
  return architectureOf("drawn", queue, caches, commands);
}

function drawNegative(draw: Draw, negatives: "none" | "all" | "some"): CacheRule["negative"] {
  const drawn = (): boolean => negatives === "all" || (negatives === "some" && draw.chance(0.5));
  return { notPresent: drawn(), malformed: drawn() };
}

function drawRules(draw: Draw, kind: InvalidationKind, present: readonly CacheName[], hints: boolean): CommandRule {
  const usual = USUAL[kind].filter((name) => present.includes(name) && draw.chance(0.85));
  const others = present.filter((name) => !USUAL[kind].includes(name) && draw.chance(0.1));
  const removes = [...usual, ...others].flatMap((cache) =>
    Array.from({ length: draw.chance(0.2) ? 2 : 1 }, () => drawRemoval(draw, kind, cache, hints)),
  );
  return commandRule(kind, removes, {
    count: draw.from(["exact", "block", "first"]),
    mask: draw.from(["aligned", "shifted"]),
    all: draw.chance(0.1) ? "first" : "whole",
  });
}

const USUAL: Readonly<Record<InvalidationKind, readonly CacheName[]>> = {
  iotlb: ["walk", "stage1", "iotlb"],
  ctx: ["context"],
  pasid: ["pasid"],
  dev: ["device-tlb"],
  s2: ["stage2-walk", "stage2", "iotlb"],
};
const HINTED: readonly CacheName[] = ["stage1", "stage2", "device-tlb"];

function drawRemoval(draw: Draw, kind: InvalidationKind, cache: CacheName, hints: boolean): RemovalRule {
  const match: Match[] = (["requester", "domain", "process"] as const).filter(() => draw.chance(0.5));
  if (addressFits(kind, cache) && draw.chance(0.7)) match.push("address");
  if (kind === "s2" && cache === "iotlb" && draw.chance(0.7)) match.push("guest-address");
  const when: Condition[] = draw.chance(0.3) ? [draw.from(CONDITIONS)] : [];
  const levelHint = hints && HINTED.includes(cache) && draw.chance(0.3);
  return removal(cache, match, { when, global: draw.chance(0.7), levelHint });
}

/** IOVA pages of a command are compared with entries by IOVA, guest pages of `s2` with entries by GPA. */
function addressFits(kind: InvalidationKind, cache: CacheName): boolean {
  if (cache === "context" || cache === "pasid") return false;
  return (kind === "s2") === (cache === "stage2" || cache === "stage2-walk");
}

/** The commands of a plain unit with these caches. */
export function plainCommands(present: readonly CacheName[]): CommandRule[] {
  const rows: [InvalidationKind, RemovalRule[]][] = [
    [
      "iotlb",
      [
        removal("walk", ["domain", "process", "address"], { when: ["not-leaf"] }),
        removal("stage1", ["domain", "process", "address"]),
        removal("iotlb", ["domain", "process", "address"], { global: false }),
        removal("iotlb", ["domain", "address"], { when: ["no-process"] }),
      ],
    ],
    ["ctx", [removal("context", ["requester", "domain"])]],
    ["pasid", [removal("pasid", ["requester", "domain", "process"])]],
    ["dev", [removal("device-tlb", ["requester", "address"])]],
    [
      "s2",
      [
        removal("stage2", ["domain", "address"]),
        removal("stage2-walk", ["domain", "address"], { when: ["not-leaf"] }),
        removal("iotlb", ["domain", "guest-address"]),
      ],
    ],
  ];
  return rows.map(([kind, removes]) =>
    commandRule(
      kind,
      removes.filter((rule) => present.includes(rule.cache)),
    ),
  );
}

const PLAIN_TAGS: Readonly<Record<CacheName, readonly Tag[]>> = {
  context: ["requester"],
  pasid: ["requester"],
  walk: ["domain", "process"],
  stage1: ["domain", "process"],
  "stage2-walk": ["domain"],
  stage2: ["domain"],
  iotlb: ["domain", "process"],
  "device-tlb": ["requester"],
};

/** A plain unit with these caches, all with the same `given` (but for the fields of a divided context entry). */
export function plainArchitecture(
  queue: Architecture["queue"],
  present: readonly CacheName[],
  given: Partial<CacheRule> = {},
): Architecture {
  const both = present.includes("context") && present.includes("pasid");
  const fields: Partial<Record<CacheName, readonly ContextField[]>> = both
    ? { context: FIELD_SPLITS[0]![0], pasid: FIELD_SPLITS[0]![1] }
    : {};
  const caches = present.map((name) =>
    cacheRule(name, PLAIN_TAGS[name], { ...given, fields: fields[name] ?? CONTEXT_FIELDS }),
  );
  return architectureOf(`${queue} ${present.join("+")}`, queue, caches, plainCommands(present));
}
