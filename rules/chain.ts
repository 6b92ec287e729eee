/**
 * Reads a file and those it extends, youngest first; undefined when the chain does not end.
 *
 * Up to eight files; a circle, a missing parent or a longer chain is reported at the `extends` that leads there.
 * Mistakes inside a parent are reported in the parent, where they are to be mended. Who reads many chains at once may
 * hand on the files that are `known`, by path, so that each is read once.
 */

import { realpathSync } from "node:fs";
import { builtInNames, type Place, placeOf } from "./home.js";
import * as say from "./messages.js";
import { type Problem, problemAt, type Spot } from "./problems.js";
import { Reader } from "./reader.js";
import type { FileHead } from "./rows.js";
import { readYaml } from "./yaml.js";

export const CHAIN_LIMIT = 8;

export type ChainKind = "architecture" | "contract";

export function readChain<F extends FileHead>(
  kind: ChainKind,
  place: Place,
  read: (reader: Reader) => F | undefined,
  problems: Problem[],
  known = new Map<string, F>(),
): F[] | undefined {
  const chain: F[] = [];
  const visited: Place[] = [];
  let next: Place | undefined = place;
  let from: Spot | undefined;
  while (next !== undefined) {
    const circle = visited.findIndex((earlier) => sameFile(earlier, next!));
    if (circle !== -1) {
      const files = [...visited.slice(circle), next].map((file) => file.shown);
      problems.push(problemAt(from!, say.extendsCycle(files)));
      return undefined;
    }
    if (visited.length === CHAIN_LIMIT) {
      problems.push(problemAt(from!, say.extendsTooLong(CHAIN_LIMIT)));
      return undefined;
    }
    const file: F | undefined = known.get(next.path) ?? readOne(next, from, kind, read, problems);
    if (file === undefined) return undefined;
    known.set(next.path, file);
    chain.push(file);
    visited.push(next);
    if (file.extends === undefined) return chain;
    from = file.extends.spot;
    next = parentPlace(kind, file.extends, next, problems);
  }
  return undefined;
}

function readOne<F extends FileHead>(
  place: Place,
  from: Spot | undefined,
  kind: ChainKind,
  read: (reader: Reader) => F | undefined,
  problems: Problem[],
): F | undefined {
  const yaml = readYaml(place);
  if (!yaml.ok) {
    for (const problem of yaml.problems) {
      // A parent that is not there is a mistake of the child.
      const absent = from !== undefined && problem.code === "NF101";
      problems.push(absent ? problemAt(from, say.parentMissing(kind, place.shown, builtInNames(kind))) : problem);
    }
    return undefined;
  }
  const reader = new Reader(yaml.value);
  const file = read(reader);
  for (const problem of reader.problems) problems.push(problem);
  return file;
}

function parentPlace(
  kind: ChainKind,
  reference: { value: string; spot: Spot },
  child: Place,
  problems: Problem[],
): Place | undefined {
  const parent = placeOf(kind, reference.value, child);
  if (parent === undefined) {
    problems.push(problemAt(reference.spot, say.parentMissing(kind, reference.value, builtInNames(kind))));
  }
  return parent;
}

/** Links and `..` may give one file several paths. */
function sameFile(a: Place, b: Place): boolean {
  return realPath(a.path) === realPath(b.path);
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    // It does not exist: reading it reports that.
    return path;
  }
}
