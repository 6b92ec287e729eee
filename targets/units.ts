/**
 * The units of QEMU that can be targets, and what of them is installed.
 */

import { execFileSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";
import { loadArchitecture, loadContract, parseContractRef } from "../rules/load.js";
import type { Architecture, Contract } from "../rules/vocabulary.js";
import { amd } from "./amd.js";
import type { UnitKind } from "./driver.js";
import { riscvNested } from "./riscv-nested.js";
import { smmuv3Nested } from "./smmuv3-nested.js";
import { vtdFirstStage } from "./vtd-first-stage.js";
import { vtdLegacy } from "./vtd-legacy.js";
import { WITHOUT, type Without } from "./without.js";

export const UNITS: readonly UnitKind[] = [vtdLegacy, vtdFirstStage, smmuv3Nested, riscvNested, amd];

/** The rules that a unit is held against by default. */
export function rulesOf(kind: UnitKind): { architecture: Architecture; contract: Contract } {
  const architecture = loadArchitecture(kind.architecture);
  const ref = parseContractRef(kind.contract);
  if (!architecture.ok || !ref.ok) throw new Error(`${kind.name}: its rules do not load`);
  const contract = loadContract(ref.value.ref, ref.value.parameters, architecture.value);
  if (!contract.ok) throw new Error(`${kind.name}: its contract does not load`);
  return { architecture: architecture.value, contract: contract.value };
}

/** What a unit is known to do otherwise than its manual. */
export function departuresOf({ departures }: UnitKind): Without[] {
  return WITHOUT.filter(({ name }) => departures.includes(name));
}

/** A unit's program: where it is and its version, or why it cannot be used. */
export type Installed =
  | { ok: true; binary: string; version: string }
  | { ok: false; reason: "missing" | "too old" | "broken"; detail: string };

/** Looks for the unit's QEMU, or at the program that is named in its place. */
export function installed(kind: UnitKind, binary: string = kind.binary): Installed {
  const file = binary.includes("/") ? binary : onPath(binary);
  if (file === null)
    return { ok: false, reason: "missing", detail: `${binary} is not installed; ${installLine(kind)}` };
  const version = versionOf(file);
  if (version === null)
    return { ok: false, reason: "broken", detail: `${file} does not tell its version; a QEMU is due` };
  const [major, minor] = version.split(".").map(Number) as [number, number];
  const [oldest, oldestMinor] = kind.since;
  if (major < oldest || (major === oldest && minor < oldestMinor)) {
    const from = `it is there from ${oldest}.${oldestMinor} on`;
    return { ok: false, reason: "too old", detail: `QEMU ${version} has no such unit; ${from}; ${installLine(kind)}` };
  }
  return { ok: true, binary: file, version };
}

/** What installs it on Debian 12, whose own QEMU is 7.2. */
export function installLine({ debian, since }: UnitKind): string {
  const suite = since[0] > 7 ? "-t bookworm-backports " : "";
  return `on Debian 12: apt-get install ${suite}${debian}`;
}

function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

function versionOf(file: string): string | null {
  try {
    const text = execFileSync(file, ["--version"], {
      encoding: "utf8",
      timeout: 10_000,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return /version ([0-9]+\.[0-9]+(?:\.[0-9]+)?)/.exec(text)?.[1] ?? null;
  } catch {
    return null;
  }
}
