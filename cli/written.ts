/**
 * Files that a command makes: where they go, and what is said of them.
 *
 * A flag such as `--svg [file]` without its file writes into the folder where the user is; `-` is standard output.
 */

import fs from "fs-extra";
import { print, refuse } from "./exit.js";

/** Writes `text`; `flag` is named where it cannot be. */
export function writeOut(text: string, file: string, flag: string): void {
  if (file === "-") {
    process.stdout.write(text);
    return;
  }
  try {
    fs.writeFileSync(file, text);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? "unknown";
    refuse(`${flag}: ${file} cannot be written (${reason}); name another file, or - for standard output`);
  }
  print(`${file} written`);
}
