/**
 * Writes a file whole or not at all: beside its place, flushed, and renamed.
 *
 * write-file-atomic makes one call of the system and does not look at how much that wrote: on a disk that fills up it
 * would put the first half of a file into its place. So the text goes into its temporary file by Node's own loop, which
 * ends with all of it or an error. The library is loaded at the first file: who only reads is spared that.
 */

import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import type writeFileAtomic from "write-file-atomic";

let library: typeof writeFileAtomic | undefined;

export function writeWhole(file: string, text: string): void {
  library ??= createRequire(import.meta.url)("write-file-atomic") as typeof writeFileAtomic;
  library.sync(file, "", { fsync: true, tmpfileCreated: (temporary) => writeFileSync(temporary, text) });
}
