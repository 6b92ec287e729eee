/**
 * Files that a command makes: where they go, and what is said of them. A file is written whole or not at all.
 *
 * A flag such as `--svg [file]` without its file writes into the folder where the user is; `-` is standard output.
 */

import path from "node:path";
import fs from "fs-extra";
import { writeWhole } from "../corpus/whole-file.js";
import { print, refuse } from "./exit.js";

/** Writes `text` and says where; `flag` is named where it cannot be. */
export function writeOut(text: string, file: string, flag: string): void {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  writeFile(text, file, flag);
  print(`${file} written`);
}

/** The same without a word. */
export function writeFile(text: string, file: string, flag: string): void {
  try {
    // A device or a pipe is written to; it would be replaced otherwise.
    if (fs.existsSync(file) && !fs.statSync(file).isFile()) fs.writeFileSync(file, text);
    else writeWhole(file, text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    refuse(`${flag}: ${file} cannot be written (${reason}); name another file, or - for standard output`);
  }
}

/** Refuses a file that cannot be written, as far as that can be told before the work that fills it. */
export function checkOut(file: string, flag: string): void {
  const folder = path.dirname(file);
  if (fs.existsSync(file) && fs.statSync(file).isDirectory()) refuse(`${flag}: ${file} is a folder; name a file`);
  if (!fs.existsSync(folder)) refuse(`${flag}: the folder ${folder} does not exist; make it, or name another`);
  try {
    fs.accessSync(fs.existsSync(file) ? file : folder, fs.constants.W_OK);
  } catch {
    refuse(`${flag}: ${file} cannot be written; name another file, or change its permissions`);
  }
}
