/**
 * Writes a file whole or not at all: beside its place, flushed, and renamed.
 *
 * write-file-atomic makes one call of the system and does not look at how much that wrote: on a disk that fills up it
 * would put the first half of a file into its place. So the text goes into its temporary file by Node's own loop, which
 * ends with all of it or an error.
 */

import { writeFileSync } from "node:fs";
import writeFileAtomic from "write-file-atomic";

export function writeWhole(file: string, text: string): void {
  writeFileAtomic.sync(file, "", { fsync: true, tmpfileCreated: (temporary) => writeFileSync(temporary, text) });
}
