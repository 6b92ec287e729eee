/**
 * A file that a command is asked to write: whether it can be is found out before the work, and it is written whole or
 * not at all.
 */

import path from "node:path";
import fs from "fs-extra";
import writeFileAtomic from "write-file-atomic";
import { refuse } from "./exit.js";

/** Refuses a file that cannot be written, as far as that can be told beforehand. */
export function checkOut(file: string): void {
  const folder = path.dirname(file);
  if (fs.existsSync(file) && fs.statSync(file).isDirectory()) refuse(`--out: ${file} is a folder; name a file`);
  if (!fs.existsSync(folder)) refuse(`--out: the folder ${folder} does not exist; make it, or name another`);
  try {
    fs.accessSync(fs.existsSync(file) ? file : folder, fs.constants.W_OK);
  } catch {
    refuse(`--out: ${file} cannot be written; name another file, or change its permissions`);
  }
}

export function writeOut(file: string, text: string): void {
  try {
    writeFileAtomic.sync(file, text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    refuse(`--out: ${file} cannot be written (${code}); name another file, or change its permissions`);
  }
}
