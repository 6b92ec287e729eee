/**
 * Where the built-in rule files are, and how a reference becomes a path.
 *
 * The YAML files stay in `rules/` at the root of the package: this module runs from `rules/home.ts` (tests) and from
 * `dist/rules/home.js` (installed), so the root is found by walking up to the `package.json` that is ours. A reference
 * is a built-in name, or a path when it has a slash or ends in .yaml or .yml. Problems show built-in files by their
 * path in the package, others as the user wrote them.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export type RuleKind = "architecture" | "contract" | "claims";

/** A file to read, and the name under which problems show it. */
export interface Place {
  path: string;
  shown: string;
}

const root = findRoot();

function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (;;) {
    if (isOurs(path.join(folder, "package.json"))) return folder;
    const parent = path.dirname(folder);
    // Cannot happen in an installed package: npm puts package.json above every file of it.
    if (parent === folder) throw new Error("no package.json of nestfuzz above its own files");
    folder = parent;
  }
}

function isOurs(manifest: string): boolean {
  if (!existsSync(manifest)) return false;
  const parsed: unknown = JSON.parse(readFileSync(manifest, "utf8"));
  return typeof parsed === "object" && parsed !== null && "name" in parsed && parsed.name === "nestfuzz";
}

export function packageRoot(): string {
  return root;
}

export function isPath(ref: string): boolean {
  return ref.includes("/") || ref.endsWith(".yaml") || ref.endsWith(".yml");
}

/** The built-in names of a kind, sorted by code unit. */
export function builtInNames(kind: "architecture" | "contract"): string[] {
  const files = readdirSync(path.join(root, "rules", `${kind}s`));
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

/** The place that `ref` names; `from` is the file that holds the reference. Undefined: no built-in of that name. */
export function placeOf(kind: "architecture" | "contract", ref: string, from?: Place): Place | undefined {
  if (!isPath(ref)) {
    if (!builtInNames(kind).includes(ref)) return undefined;
    const shown = `rules/${kind}s/${ref}.yaml`;
    return { path: path.join(root, shown), shown };
  }
  if (from === undefined || path.isAbsolute(ref)) return { path: ref, shown: ref };
  return { path: path.join(path.dirname(from.path), ref), shown: path.join(path.dirname(from.shown), ref) };
}

export function claimsPlace(ref?: string): Place {
  if (ref !== undefined) return { path: ref, shown: ref };
  const shown = "rules/claims.yaml";
  return { path: path.join(root, shown), shown };
}
