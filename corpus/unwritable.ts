/**
 * What a file system refused: a full disk, a folder that may only be read. It ends the run with code 3 and one
 * sentence.
 */

export class Unwritable extends Error {
  override name = "Unwritable";
  constructor(
    readonly file: string,
    readonly reason: string,
  ) {
    super(`${file}: cannot be written (${reason}); ${mend(reason)}`);
  }
}

/** Runs what writes `file`; what the system says of it becomes an `Unwritable`. */
export function writing<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
    if (typeof code === "string") throw new Unwritable(file, code);
    throw error;
  }
}

function mend(reason: string): string {
  if (reason === "ENOSPC" || reason === "EDQUOT") return "make room on the disk, then go on with --resume";
  if (reason === "EROFS" || reason === "EACCES" || reason === "EPERM") return "name a folder that may be written";
  if (reason === "ENOTDIR" || reason === "EEXIST") return "name a folder, or one that is to be made";
  return "check the path";
}
