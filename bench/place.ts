/** Where a function of a profile belongs: the compiled file of a room, a package, or Node.js and V8. */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../rules/home.js";

/** The compiled file of a room, `models/oracle.js`; null for what is not ours, and for the benchmarks. */
export function fileOf(url: string): string | null {
  if (!url.startsWith("file:")) return null;
  const file = path.relative(path.join(packageRoot(), "dist"), fileURLToPath(url));
  return file.startsWith("..") || file.startsWith("bench") ? null : file.replaceAll(path.sep, "/");
}

/** The room, or what stands in its place. */
export function roomOf(url: string): string {
  const file = fileOf(url);
  if (file !== null) return file.split("/")[0]!;
  const [, packageName] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return packageName ?? (url.includes("/bench/") ? "bench" : "V8 and Node.js");
}
