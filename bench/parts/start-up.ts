/** Whole processes, by the clock: from nothing to an answer, beside a Node.js that does nothing. */

import { spawnSync } from "node:child_process";
import path from "node:path";
import { packageRoot } from "../../rules/home.js";
import type { Subject } from "../subject.js";

const NOTHING = "node -e 0";

export function startUpSubjects(): Subject[] {
  const program = path.join(packageRoot(), "bin", "nestfuzz.js");
  return [
    processSubject(NOTHING, ["-e", "0"]),
    { ...processSubject("nestfuzz --version", [program, "--version"]), against: NOTHING },
    { ...processSubject("nestfuzz show", [program, "show", "nf-999e9451b949"]), against: NOTHING },
  ];
}

function processSubject(name: string, args: readonly string[]): Subject {
  return {
    name,
    unit: "ms",
    clock: "wall",
    batch() {
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      return 1;
    },
  };
}
