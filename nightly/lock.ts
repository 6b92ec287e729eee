/**
 * One run a folder: a file that names the process that writes there.
 *
 * A process that was killed leaves its file behind, which counts no more once the process is gone (its start is noted,
 * since numbers of processes come again). What runs on another machine cannot be asked; there `--resume` takes over.
 */

import { existsSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { writing } from "../corpus/unwritable.js";

interface Holder {
  pid: number;
  host: string;
  /** When the process began, in the system's ticks; null where the system does not tell. */
  began: string | null;
}

export class Lock {
  private constructor(private readonly file: string) {}

  /** The lock, or who has it. */
  static take(folder: string, takesOver: boolean): Lock | string {
    const file = path.join(folder, "lock");
    for (let tries = 0; tries < 2; tries++) {
      if (writing(file, () => create(file))) return new Lock(file);
      const holder = read(file);
      if (holder !== null && holder.host === hostname() && isAlive(holder)) return `process ${holder.pid} writes there`;
      if (holder !== null && holder.host !== hostname() && !takesOver)
        return `process ${holder.pid} on ${holder.host} writes there, or was killed; if it was, --resume goes on`;
      if (existsSync(file)) unlinkSync(file);
    }
    return "another process has just begun to write there";
  }

  release(): void {
    if (existsSync(this.file)) unlinkSync(this.file);
  }
}

function create(file: string): boolean {
  const holder: Holder = { pid: process.pid, host: hostname(), began: beginning(process.pid) };
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function read(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Holder;
  } catch {
    // Gone, or its writer was killed while it wrote.
    return null;
  }
}

function isAlive({ pid, began }: Holder): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  return began === null || beginning(pid) === began;
}

/** Field 22 of /proc/PID/stat, behind the name in brackets. */
function beginning(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
