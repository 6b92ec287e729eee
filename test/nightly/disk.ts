/** A file system of some kilobytes, which is soon full; null where none may be mounted. */

import { spawnSync } from "node:child_process";
import { temporary } from "./night.js";

export function tinyDisk(kilobytes: number, options = ""): { folder: string; release: () => void } | null {
  const folder = temporary();
  const how = `size=${kilobytes}k${options}`;
  if (spawnSync("mount", ["-t", "tmpfs", "-o", how, "nestfuzz-test", folder]).status !== 0) return null;
  return { folder, release: () => void spawnSync("umount", [folder]) };
}

/** The same file system, to be read alone from now on. */
export function readOnly(folder: string): boolean {
  return spawnSync("mount", ["-o", "remount,ro", folder]).status === 0;
}
