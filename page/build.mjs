/**
 * Bundles the program of the page into one script, `dist/page/page.js`, which `report/page.ts` puts into pages.
 *
 * What it comes to import must run in a browser: a module of Node does not resolve here, and the build fails.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
await build({
  absWorkingDir: root,
  entryPoints: ["page/main.ts"],
  outfile: "dist/page/page.js",
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: "es2022",
  logLevel: "warning",
});
