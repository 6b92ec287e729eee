/**
 * The YAML library, loaded when the first file is read: a program that shows a counterexample reads none, and loading
 * it is a fifth of what that takes.
 */

import { createRequire } from "node:module";

type Library = typeof import("yaml");

let library: Library | undefined;

export function yaml(): Library {
  library ??= createRequire(import.meta.url)("yaml") as Library;
  return library;
}
