/**
 * Bundles the program into few files, `dist/program`: Node.js takes longer to find and link three hundred modules than
 * `nestfuzz show` takes for its work. What a subcommand alone needs is a file of its own, loaded when it is called.
 *
 * Names are kept, for the stack of an internal error. Packages that find files beside themselves stay outside, and so
 * do those that few calls need.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
await build({
  absWorkingDir: root,
  entryPoints: ["cli/main.ts"],
  outdir: "dist/program",
  bundle: true,
  splitting: true,
  minifyWhitespace: true,
  format: "esm",
  platform: "node",
  target: "node20",
  external: ["tinypool", "chokidar", "postal-mime", "fs-extra", "write-file-atomic", "yaml", "seedrandom"],
  // Some packages of the bundle are CommonJS and ask for modules of Node.js.
  banner: { js: 'import { createRequire as requireFrom } from "node:module";const require=requireFrom(import.meta.url);' },
  logLevel: "warning",
});
