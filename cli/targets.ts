/**
 * `nestfuzz targets`: the units of QEMU, what is installed of them, and how to get what is not.
 */

import type { Command } from "commander";
import { installed, UNITS } from "../targets/units.js";
import { print } from "./exit.js";

export function addTargets(program: Command): void {
  program
    .command("targets")
    .summary("list the real units that can be driven, and what is installed")
    .description(
      "Lists the units of QEMU that take the same sequences as the models, with the version that is installed, " +
        "what each can do and what it is held against. Any other program can be a target too: docs/targets.md has " +
        "the protocol.",
    )
    .option("--json", "print the list as JSON")
    .addHelpText("after", EXAMPLES)
    .action((flags: { json?: boolean }) => {
      print(flags.json === true ? jsonList() : textList());
    });
}

const EXAMPLES = `
Examples:
  nestfuzz targets
  nestfuzz fuzz --target qemu:riscv-nested
  nestfuzz fuzz --target "node examples/target.js"
`;

function textList(): string {
  return UNITS.map((unit) => {
    const found = installed(unit);
    const state = found.ok ? `QEMU ${found.version}, ${found.binary}` : found.detail;
    return [
      `qemu:${unit.name}  ${found.ok ? "ready" : found.reason}`,
      `  ${unit.summary}`,
      `  ${state}`,
      ...(unit.departures.length === 0
        ? []
        : [`  departs from its manual (docs/findings.md); --without known leaves out ${unit.departures.join(", ")}`]),
      `  held against architecture ${unit.architecture}, contract ${unit.contract}, geometry ${unit.geometry}`,
    ].join("\n");
  }).join("\n\n");
}

function jsonList(): string {
  const targets = UNITS.map((unit) => {
    const found = installed(unit);
    const { name, summary, architecture, contract, geometry, departures, since } = unit;
    return {
      ...{ name: `qemu:${name}`, summary, architecture, contract, geometry, departures, since: since.join(".") },
      ...(found.ok
        ? { state: "ready", version: found.version, binary: found.binary, detail: null }
        : { state: found.reason, version: null, binary: null, detail: found.detail }),
    };
  });
  return JSON.stringify({ schema: "nestfuzz/targets/1", targets }, null, 2);
}
