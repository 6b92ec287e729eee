/**
 * `nestfuzz rules check`: whether a rule file is right, and what is wrong with it.
 */

import type { Command } from "commander";
import { architectureNames, checkFile, contractNames } from "../rules/load.js";
import { formatProblem } from "../rules/problems.js";
import { print, refuse } from "./exit.js";

export function addRules(program: Command): void {
  const rules = program
    .command("rules")
    .summary("check rule files, list the built-in ones")
    .description("Rule files: architectures, contracts and claims in YAML.")
    .addHelpText("after", "\nExamples:\n  nestfuzz rules check my-contract.yaml\n  nestfuzz rules list\n");
  rules
    .command("check")
    .argument("<files...>", "YAML files")
    .summary("check rule files")
    .description("Checks files and prints every mistake as file:line:column; exit code 2 if there is one.")
    .addHelpText("after", "\nExample:\n  nestfuzz rules check my-contract.yaml\n")
    .action((files: string[]) => {
      const checked = files.map((file) => ({ file, ...checkFile(file) }));
      for (const { file, problems, summary } of checked) if (problems.length === 0) print(`${file}: ${summary}`);
      const problems = checked.flatMap((one) => one.problems);
      if (problems.length > 0) refuse(...problems.map(formatProblem));
    });
  rules
    .command("list")
    .summary("list the built-in architectures and contracts")
    .description("Lists the names that --architecture and --contract know.")
    .addHelpText("after", "\nExample:\n  nestfuzz rules list\n")
    .action(() => print(`architectures: ${architectureNames().join(", ")}\ncontracts: ${contractNames().join(", ")}`));
}
