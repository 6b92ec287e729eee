/**
 * Which recipe owes less than which, and what lies next below one.
 *
 * A recipe is weaker than another if whoever serves the other has served it too. So it is weaker to owe one scope
 * fewer, a narrower one, two halves that one command emptied together, or two stages without the fence between them.
 * Caches that every command removes together are one thing here, named by all of its caches: `walk` on a unit whose
 * commands remove no walk entries without the translations is `walk + stage1 + iotlb`. Recipes that no command of the
 * unit can serve are none.
 */

import { coveringForms } from "../rules/coverage.js";
import { type Architecture, CACHE_NAMES, type ContractRule, type Scope } from "../rules/vocabulary.js";

export type Recipe = ContractRule["stages"];

export const NOTHING: Recipe = [];

const RANGES: readonly Scope["range"][] = ["affected", "all"];
const PROCESSES: readonly Scope["process"][] = ["own", "any"];
const GLOBALS: readonly Scope["global"][] = ["never", "if-global", "always"];

/** The recipes of one unit, for the transitions of stage 2 (`byGuestPage`) or for the others. */
export class Recipes {
  private readonly closures = new Map<string, Scope | null>();

  constructor(
    private readonly architecture: Architecture,
    private readonly byGuestPage: boolean,
  ) {}

  /** The form that stands for all recipes that come to the same; null if no command serves one of its scopes. */
  canonical(recipe: Recipe): Recipe | null {
    const stages: Scope[][] = [];
    for (const stage of recipe) {
      const scopes: Scope[] = [];
      for (const scope of stage) {
        const closed = this.closed(scope);
        if (closed === null) return null;
        scopes.push(closed);
      }
      const kept = scopes.filter((scope, at) => !scopes.some((other, place) => isRepeated(scope, at, other, place)));
      const sorted = kept.sort((a, b) => (scopeKey(a) < scopeKey(b) ? -1 : 1));
      if (sorted.length > 0) stages.push(sorted);
    }
    return stages;
  }

  /** The recipes next below: each weaker, and none of them weaker than another. */
  below(recipe: Recipe): Recipe[] {
    const known = new Set([recipeKey(recipe)]);
    const found: Recipe[] = [];
    for (const step of this.steps(recipe)) {
      const canonical = this.canonical(step);
      if (canonical === null || !isWritable(canonical) || known.has(recipeKey(canonical))) continue;
      known.add(recipeKey(canonical));
      found.push(canonical);
    }
    return found.filter((one) => !found.some((other) => other !== one && isWeaker(one, other)));
  }

  /** Single steps down, by any way; some lie below others. */
  private *steps(recipe: Recipe): Generator<Recipe> {
    for (let at = 1; at < recipe.length; at++) yield recipe.toSpliced(at - 1, 2, [...recipe[at - 1]!, ...recipe[at]!]);
    for (const [at, stage] of recipe.entries())
      for (const [place, scope] of stage.entries())
        for (const lesser of lesserScopes(scope)) yield recipe.with(at, stage.toSpliced(place, 1, ...lesser));
  }

  /** With all that whatever serves the scope does anyway; null if nothing serves it. */
  private closed(scope: Scope): Scope | null {
    const key = scopeKey(scope);
    const known = this.closures.get(key);
    const closed = known === undefined ? this.closure(scope) : known;
    this.closures.set(key, closed);
    return closed;
  }

  private closure(scope: Scope): Scope | null {
    const forms = this.forms(scope);
    if (forms.length === 0) return null;
    const isSame = (other: Partial<Scope>): boolean => this.forms({ ...scope, ...other }).length === forms.length;
    const caches = this.architecture.caches
      .map(({ name }) => name)
      .filter((name) => {
        const own = new Set(this.forms({ ...scope, caches: [name] }));
        return forms.every((form) => own.has(form));
      });
    return {
      ...scope,
      caches: CACHE_NAMES.filter((name) => caches.includes(name)),
      // Words that make no difference to what serves the scope are the usual ones.
      process: isSame({ process: "own" }) && isSame({ process: "any" }) ? "own" : scope.process,
      global: isSame({ global: "never" }) && isSame({ global: "always" }) ? "if-global" : scope.global,
    };
  }

  private forms(scope: Scope): string[] {
    return coveringForms(this.architecture, scope, this.byGuestPage).map((form) => JSON.stringify(form));
  }
}

/** What may stand for a scope and owes less: one word narrower, two halves, one cache fewer, nothing. */
function* lesserScopes(scope: Scope): Generator<Scope[]> {
  const { caches, range, process, global } = scope;
  if (range !== RANGES[0]) yield [{ ...scope, range: lower(RANGES, range) }];
  if (process !== PROCESSES[0]) yield [{ ...scope, process: lower(PROCESSES, process) }];
  if (global !== GLOBALS[0]) yield [{ ...scope, global: lower(GLOBALS, global) }];
  // The first cache stays in the first half, so that no two halves come twice.
  for (let bits = 1; bits < 2 ** (caches.length - 1); bits++) {
    const isSecond = (at: number): boolean => at > 0 && ((bits >> (at - 1)) & 1) === 1;
    yield [
      { ...scope, caches: caches.filter((_, at) => !isSecond(at)) },
      { ...scope, caches: caches.filter((_, at) => isSecond(at)) },
    ];
  }
  for (const left of caches)
    yield caches.length === 1 ? [] : [{ ...scope, caches: caches.filter((one) => one !== left) }];
  yield [];
}

function lower<T>(order: readonly T[], word: T): T {
  return order[order.indexOf(word) - 1]!;
}

/** Whether who serves `strong` has served `weak` too. Both canonical; equal ones serve each other. */
export function isWeaker(weak: Recipe, strong: Recipe): boolean {
  let from = 0;
  for (const stage of weak) {
    let open = stage;
    // As few stages of the stronger as will do: the next of the weaker begins behind the same fence.
    while (open.length > 0) {
      if (from === strong.length) return false;
      const served = strong[from++]!;
      open = open.filter((scope) => !served.some((other) => isNarrower(scope, other)));
    }
  }
  return true;
}

function isNarrower(narrow: Scope, wide: Scope): boolean {
  return (
    narrow.caches.every((cache) => wide.caches.includes(cache)) &&
    RANGES.indexOf(narrow.range) <= RANGES.indexOf(wide.range) &&
    PROCESSES.indexOf(narrow.process) <= PROCESSES.indexOf(wide.process) &&
    GLOBALS.indexOf(narrow.global) <= GLOBALS.indexOf(wide.global)
  );
}

/** Of two that say the same the first is kept. */
function isRepeated(scope: Scope, at: number, other: Scope, place: number): boolean {
  if (at === place || !isNarrower(scope, other)) return false;
  return !isNarrower(other, scope) || place < at;
}

/** A stage of a contract names each cache once. */
function isWritable(recipe: Recipe): boolean {
  return recipe.every((stage) => {
    const names = stage.flatMap(({ caches }) => caches);
    return new Set(names).size === names.length;
  });
}

export function recipeKey(recipe: Recipe): string {
  return recipe.map((stage) => stage.map(scopeKey).join(" ")).join("; ");
}

function scopeKey({ caches, range, process, global }: Scope): string {
  const places = caches.map((name) => CACHE_NAMES.indexOf(name)).sort();
  return `${places.join("+")} ${range} ${process} ${global}`;
}

/** As a rule file has it: `none`, `[[stage1 + iotlb], [{ cache: device-tlb, range: all }]]`. */
export function recipeText(recipe: Recipe): string {
  if (recipe.length === 0) return "none";
  return `[${recipe.map((stage) => `[${stage.map(scopeText).join(", ")}]`).join(", ")}]`;
}

function scopeText({ caches, range, process, global }: Scope): string {
  const words = [
    ...(range === "affected" ? [] : [`range: ${range}`]),
    ...(process === "own" ? [] : [`process: ${process}`]),
    ...(global === "if-global" ? [] : [`global: ${global}`]),
  ];
  const names = caches.join(" + ");
  return words.length === 0 ? names : `{ ${[`cache: ${names}`, ...words].join(", ")} }`;
}
