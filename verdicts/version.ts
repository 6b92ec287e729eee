/** The version in package.json: part of what repeats a run. */

import { readFileSync } from "node:fs";
import { packageRoot } from "../rules/home.js";

export function version(): string {
  const manifest: { version: string } = JSON.parse(readFileSync(`${packageRoot()}/package.json`, "utf8"));
  return manifest.version;
}
