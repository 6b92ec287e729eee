/** The version in package.json: part of what repeats a run. */

import fs from "fs-extra";
import { packageRoot } from "../rules/home.js";

export function version(): string {
  const manifest: { version: string } = fs.readJsonSync(`${packageRoot()}/package.json`);
  return manifest.version;
}
