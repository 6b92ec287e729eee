/**
 * The target that `--target` names: a unit of QEMU, `qemu:NAME` or `qemu:NAME@PROGRAM`, or a program that speaks the
 * line protocol.
 */

import { suggest } from "../rules/suggest.js";
import { openTarget } from "../targets/protocol.js";
import { QemuTarget } from "../targets/qemu.js";
import type { Target } from "../targets/target.js";
import { installed, UNITS } from "../targets/units.js";
import { refuse } from "./exit.js";

export const DEFAULT_QUIET = "5";

export interface TargetFlags {
  target: string;
  /** Seconds without an answer that are a hang. */
  targetTimeout: string;
}

export interface OpenedTarget {
  target: Target;
  /** The contract that it is held to if none is named; empty: that of its architecture. */
  contract: string;
  /** Kinds of commands that show what is known of it. */
  departures: readonly string[];
}

export function openTargetFrom({ target, targetTimeout }: TargetFlags): OpenedTarget {
  if (target.startsWith("qemu:")) return openUnit(target.slice("qemu:".length));
  const seconds = Number(targetTimeout);
  if (!(seconds > 0 && seconds <= 3600))
    refuse(`--target-timeout: "${targetTimeout}" is no time to wait; known: seconds, up to 3600; e.g. 5`);
  if (target.trim() === "") refuse("--target: no program is named; known: a command line, or qemu:NAME");
  const opened = openTarget(target, seconds * 1000);
  if (opened.ok) return { target: opened.target, contract: "", departures: [] };
  return refuse(
    `--target: the target ${opened.detail}; docs/targets.md has the protocol`,
    ...opened.stderr.map((line) => `  its stderr: ${line}`),
  );
}

function openUnit(text: string): OpenedTarget {
  const [name, binary] = text.split("@", 2) as [string, string?];
  const known = UNITS.map((unit) => unit.name);
  const kind = UNITS.find((unit) => unit.name === name);
  if (kind === undefined) {
    const near = suggest(name, known);
    const mend = near === undefined ? "nestfuzz targets tells what is installed" : `did you mean qemu:${near}?`;
    return refuse(`--target: unknown unit "${name}"; known: ${known.map((one) => `qemu:${one}`).join(", ")}; ${mend}`);
  }
  const found = installed(kind, binary);
  if (!found.ok) return refuse(`--target: ${found.detail}`);
  return {
    target: new QemuTarget(kind, found.binary, found.version),
    contract: kind.contract,
    departures: kind.departures,
  };
}
