/**
 * The difference between two architectures, or two contracts, as a few lines of text that make the one from the other.
 *
 * For mails: rules that are not built in are told as what they say otherwise than built-in ones. Rules are taken apart
 * into rows with a name each (`cache walk`, `command iotlb 2`, `1 leaf p->np`); a line names a row and what it says
 * now, all of it. Texts for readers (sources, summaries, the manual's names) are not part of it: no verdict depends on
 * them. Whoever reads the lines compares a hash of what they make, so that no base that has changed passes for the old.
 */

import {
  type Architecture,
  CACHE_NAMES,
  type CacheName,
  type CacheRule,
  CONDITIONS,
  CONTEXT_FIELDS,
  type CommandRule,
  type Contract,
  type ContractRule,
  INVALIDATION_KINDS,
  type InvalidationKind,
  MATCHES,
  type RemovalRule,
  type Scope,
  TAGS,
  TRANSITIONS,
  type Transition,
} from "./vocabulary.js";

/** Rows by name, in a fixed order. */
type Rows = Map<string, string>;

/** What stands for the source of a row that came in a line. */
const FROM_LINE = { source: "a rule line of the mail, which tells none", confidence: "specification" } as const;
const ABSENT = "absent";

/** The lines that make `meant` from `base`. */
export function architectureDifference(base: Architecture, meant: Architecture): string[] {
  return differing(architectureRows(base), architectureRows(meant)).map(
    ({ name, value }) => `architecture ${name} = ${value}`,
  );
}

export function contractDifference(base: Contract, meant: Contract): string[] {
  return grouped(differing(contractRows(base), contractRows(meant))).map(
    ({ name, value }) => `contract ${name} = ${value}`,
  );
}

interface Changed {
  name: string;
  value: string;
}

function differing(base: Rows, meant: Rows): Changed[] {
  const names = [...new Set([...base.keys(), ...meant.keys()])];
  return names
    .filter((name) => base.get(name) !== meant.get(name))
    .map((name) => ({ name, value: meant.get(name) ?? ABSENT }));
}

/** Rows of one stage and level that say the same are one line: `1 leaf p->np/retarget`. */
function grouped(rows: readonly Changed[]): Changed[] {
  const groups: Changed[] = [];
  for (const { name, value } of rows) {
    const cut = name.lastIndexOf(" ");
    const last = groups.find(
      (group) => group.value === value && cut > 0 && group.name.startsWith(name.slice(0, cut + 1)),
    );
    if (last !== undefined) last.name += `/${name.slice(cut + 1)}`;
    else groups.push({ name, value });
  }
  return groups;
}

/** The rows that a line names. */
function namesOf(text: string): string[] {
  const cut = text.lastIndexOf(" ");
  return text
    .slice(cut + 1)
    .split("/")
    .map((last) => text.slice(0, cut + 1) + last);
}

/** What is wrong with a line: its index, what was seen, what is known. */
export interface BadLine {
  index: number;
  seen: string;
  known: string;
}
export type Applied<T> = { ok: true; value: T } | { ok: false; bad: BadLine };

export function changedArchitecture(base: Architecture, lines: readonly string[]): Applied<Architecture> {
  return applied(lines, "architecture", architectureRows(base), (rows) => architectureOf(base, rows));
}

export function changedContract(base: Contract, lines: readonly string[]): Applied<Contract> {
  return applied(lines, "contract", contractRows(base), (rows) => contractOf(base, rows));
}

/** Whether a line is about an architecture or about a contract; undefined: it is no rule line. */
export function ruleLineKind(line: string): "architecture" | "contract" | undefined {
  return /^(architecture|contract) \S.* = \S/.exec(line)?.[1] as "architecture" | "contract" | undefined;
}

/** Thrown inside this file alone, by the readers of values. */
class Unreadable extends Error {
  constructor(
    readonly seen: string,
    readonly known: string,
  ) {
    super(seen);
  }
}

/** The rows with the lines' values put in, read back one line at a time so that a mistake has its line. */
function applied<T>(lines: readonly string[], kind: string, rows: Rows, make: (rows: Rows) => T): Applied<T> {
  let value = make(rows);
  for (const [index, line] of lines.entries()) {
    const [, ofKind, names, said] = /^(\w+) (.+?) = (.+)$/.exec(line) ?? [];
    if (ofKind !== kind) continue;
    try {
      for (const name of namesOf(names!)) {
        if (!isRow(kind, name))
          throw new Unreadable(`"${name}" is no row of ${article(kind)}`, ROWS[kind as "contract"]);
        if (said === ABSENT) rows.delete(name);
        else rows.set(name, said!);
      }
      value = make(rows);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return { ok: false, bad: { index, seen: error.seen, known: error.known } };
    }
  }
  return { ok: true, value };
}

const ROWS = {
  architecture: "name, queue, cache NAME, command KIND, command KIND NUMBER",
  contract: "name, parameters, and transitions such as 1 leaf p->np",
} as const;

const article = (kind: string): string => `${kind === "architecture" ? "an" : "a"} ${kind}`;

function isRow(kind: string, name: string): boolean {
  if (name === "name") return true;
  if (kind === "contract") return name === "parameters" || TRANSITION_NAMES.includes(name);
  if (name === "queue") return true;
  const [what, which, number, ...more] = name.split(" ");
  if (more.length > 0) return false;
  if (what === "cache") return number === undefined && CACHE_NAMES.includes(which as CacheName);
  const isCommand = what === "command" && INVALIDATION_KINDS.includes(which as InvalidationKind);
  return isCommand && (number === undefined || /^[1-9][0-9]?$/.test(number));
}

function architectureRows({ name, queue, caches, commands }: Architecture): Rows {
  const rows: Rows = new Map([
    ["name", name],
    ["queue", queue],
  ]);
  for (const cache of caches) rows.set(`cache ${cache.name}`, cacheText(cache));
  for (const command of commands) {
    const { count, mask, all } = command.range;
    rows.set(`command ${command.kind}`, `count=${count} mask=${mask} all=${all}`);
    for (const [at, removal] of command.removes.entries())
      rows.set(`command ${command.kind} ${at + 1}`, removalText(removal));
  }
  return rows;
}

function architectureOf(base: Architecture, rows: Rows): Architecture {
  const caches = CACHE_NAMES.flatMap((name): CacheRule[] => {
    const text = rows.get(`cache ${name}`);
    const known = base.caches.find((cache) => cache.name === name);
    if (text === undefined) return [];
    return known !== undefined && cacheText(known) === text ? [known] : [cacheOf(name, text)];
  });
  const commands = INVALIDATION_KINDS.flatMap((kind): CommandRule[] => {
    const text = rows.get(`command ${kind}`);
    if (text === undefined) return [];
    const fields = new Fields(text);
    const range = {
      count: fields.one("count", ["exact", "block", "first"]),
      mask: fields.one("mask", ["aligned", "shifted"]),
      all: fields.one("all", ["whole", "first"]),
    };
    const known = base.commands.find((command) => command.kind === kind);
    const head = known ?? { kind, manual: `inv ${kind}`, ...FROM_LINE };
    return [{ ...head, range, removes: removalsOf(rows, kind, known) }];
  });
  const queue = choice(rows.get("queue") ?? "", ["ordered", "unordered"]);
  return { ...base, name: rows.get("name") ?? "", queue, caches, commands };
}

function removalsOf(rows: Rows, kind: InvalidationKind, known: CommandRule | undefined): RemovalRule[] {
  const removes: RemovalRule[] = [];
  for (let at = 0; at < 100; at++) {
    const text = rows.get(`command ${kind} ${at + 1}`);
    if (text === undefined) continue;
    const same = known?.removes.find((removal) => removalText(removal) === text);
    removes.push(same ?? removalOf(text));
  }
  return removes;
}

function cacheText({ tags, lookup, negative, negativeDomain, fields, pointers, superpages }: CacheRule): string {
  const negatives = [...(negative.notPresent ? ["not-present"] : []), ...(negative.malformed ? ["malformed"] : [])];
  return (
    `tags=${list(tags)} negative=${list(negatives)} negative-domain=${negativeDomain} fields=${list(fields)} ` +
    `pointers=${pointers} superpages=${superpages}${lookup === undefined ? "" : ` lookup=${lookup}`}`
  );
}

function cacheOf(name: CacheName, text: string): CacheRule {
  const fields = new Fields(text);
  const negatives = fields.many("negative", ["not-present", "malformed"]);
  return {
    name,
    tags: fields.many("tags", TAGS),
    ...(fields.has("lookup") ? { lookup: fields.one("lookup", ["requester"] as const) } : {}),
    negative: { notPresent: negatives.includes("not-present"), malformed: negatives.includes("malformed") },
    negativeDomain: fields.one("negative-domain", ["own", "none"]),
    fields: fields.many("fields", CONTEXT_FIELDS),
    pointers: fields.one("pointers", ["guest", "host", "either"]),
    superpages: fields.one("superpages", ["whole", "piece"]),
    ...FROM_LINE,
  };
}

function removalText({ cache, match, when, global, levelHint }: RemovalRule): string {
  const [globals, hint] = [global, levelHint].map((is) => (is ? "yes" : "no"));
  return `cache=${cache} by=${list(match)} when=${list(when)} global=${globals} hint=${hint}`;
}

function removalOf(text: string): RemovalRule {
  const fields = new Fields(text);
  return {
    cache: fields.one("cache", CACHE_NAMES),
    match: fields.many("by", MATCHES),
    when: fields.many("when", CONDITIONS),
    global: fields.one("global", ["yes", "no"]) === "yes",
    levelHint: fields.one("hint", ["yes", "no"]) === "yes",
    ...FROM_LINE,
  };
}

const TRANSITION_NAMES = TRANSITIONS.map(rowName);

/** `1 leaf p->np`, `context domain`. */
function rowName({ stage, level, change }: Transition): string {
  return stage === 0 ? `context ${change}` : `${stage} ${level} ${change}`;
}

function contractRows({ name, parameters, rules }: Contract): Rows {
  const given = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows: Rows = new Map([["name", name]]);
  if (given.length > 0) rows.set("parameters", given.map(([key, value]) => `${key}=${value}`).join(" "));
  for (const [at, rule] of rules.entries()) rows.set(TRANSITION_NAMES[at]!, ruleText(rule));
  return rows;
}

function contractOf(base: Contract, rows: Rows): Contract {
  const parameters = Object.fromEntries(
    (rows.get("parameters") ?? "")
      .split(" ")
      .filter((word) => word !== "")
      .map((word): [string, string] => {
        const [, key, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
        if (key === undefined) throw new Unreadable(`"${word}" is no parameter`, "NAME=VALUE");
        return [key, value!];
      }),
  );
  const rules = TRANSITION_NAMES.map((name, at): ContractRule => {
    const known = base.rules[at]!;
    const text = rows.get(name);
    if (text === undefined) throw new Unreadable(`"${name}" has no rule`, "a contract has one for each transition");
    return ruleText(known) === text ? known : ruleOf(text);
  });
  return { ...base, name: rows.get("name") ?? "", parameters, rules };
}

/** `s1-leaf guest owes walk+iotlb / device-tlb`: a fence stands between stages, an `&` between scopes. */
function ruleText({ id, by, stages }: ContractRule): string {
  const owes = stages.map((scopes) => scopes.map(scopeText).join(" & ")).join(" / ");
  return `${id} by=${by} owes ${owes === "" ? "none" : owes}`;
}

function ruleOf(text: string): ContractRule {
  const [, id, by, owes] = /^(\S+) by=(\S+) owes (.+)$/.exec(text) ?? [];
  if (id === undefined) throw new Unreadable(`"${text}" is no rule`, "ID by=guest owes SCOPES / SCOPES");
  const stages = owes === "none" ? [] : owes!.split(" / ").map((stage) => stage.split(" & ").map(scopeOf));
  return { id, by: choice(by!, ["guest", "host"]), stages, at: "the mail", ...FROM_LINE };
}

const GLOBALS = { "if-global": "", always: "global", never: "no-global" } as const;

function scopeText({ caches, range, process, global }: Scope): string {
  const options = [range === "all" ? "all" : "", process === "any" ? "any" : "", GLOBALS[global]].filter(
    (word) => word !== "",
  );
  return `${caches.join("+")}${options.length === 0 ? "" : `[${options.join(",")}]`}`;
}

function scopeOf(text: string): Scope {
  const [, caches, options] = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(text) ?? [];
  if (caches === undefined) throw new Unreadable(`"${text}" is no scope`, "CACHE+CACHE[all,any,global]");
  const said = (options ?? "").split(",").filter((word) => word !== "");
  for (const word of said) choice(word, ["all", "any", "global", "no-global"]);
  return {
    caches: caches.split("+").map((name) => choice(name, CACHE_NAMES)),
    range: said.includes("all") ? "all" : "affected",
    process: said.includes("any") ? "any" : "own",
    global: said.includes("global") ? "always" : said.includes("no-global") ? "never" : "if-global",
  };
}

const list = (words: readonly string[]): string => (words.length === 0 ? "-" : words.join(","));

function choice<W extends string>(word: string, known: readonly W[]): W {
  const found = known.find((one) => one === word);
  if (found === undefined) throw new Unreadable(`unknown word "${word}"`, known.join(", "));
  return found;
}

/** `key=word,word key=word`, each key once. */
class Fields {
  readonly #values: Map<string, string>;

  constructor(private readonly text: string) {
    this.#values = new Map(text.split(" ").map((part) => part.split("=", 2) as [string, string]));
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  many<W extends string>(key: string, known: readonly W[]): W[] {
    const value = this.#values.get(key);
    if (value === undefined) throw new Unreadable(`"${this.text}" has no ${key}=`, known.join(", "));
    return value === "-" ? [] : value.split(",").map((word) => choice(word, known));
  }

  one<W extends string>(key: string, known: readonly W[]): W {
    const [only, ...more] = this.many(key, known);
    if (only === undefined || more.length > 0) throw new Unreadable(`${key}= has not one word`, known.join(", "));
    return only;
  }
}
