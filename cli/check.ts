/**
 * `nestfuzz check`: a verdict for every row of a contract.
 */

import { type Command, Option } from "commander";
import type { Geometry } from "../models/geometry.js";
import { contractRef } from "../report/built-in.js";
import { flagWords } from "../report/shell.js";
import { contractUses, loadContract, parseContractRef } from "../rules/load.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import { CHECK_DEFAULTS, type CheckResult, checkRows } from "../verdicts/check.js";
import { rowsOf } from "../verdicts/rows.js";
import { numberFrom } from "./budget.js";
import { geometryFrom, type RuleRefs, rulesFrom } from "./cells.js";
import { checkJson, checkText } from "./check-report.js";
import { Ended, EXIT, must, print, refuse } from "./exit.js";
import { Interrupt } from "./interrupt.js";
import { Keeper } from "./keeper.js";
import { Progress } from "./progress.js";
import { quotedLine } from "./repeat.js";
import { corpusAt, DEFAULT_CORPUS } from "./stores.js";
import { watchContract } from "./watch.js";

export interface CheckFlags extends Omit<RuleRefs, "contract"> {
  seed: string;
  commands: string;
  geometry?: string;
  corpus: string;
  scopes?: boolean;
  json?: boolean;
  watch?: boolean;
}

const STRATEGIES = CHECK_DEFAULTS.strategies.join(" ");
const PROPERTIES = CHECK_DEFAULTS.properties.join(" ");

export function addCheck(program: Command): void {
  program
    .command("check")
    .argument("<contract>", 'a contract, by name or file, with parameters: "my.yaml cm=1"')
    .summary("tell of each row of a contract whether it is needed, superfluous or wrong")
    .description(
      "Searches the contract as it stands, then without each of its rows: a row is needed if something breaks " +
        "without it, superfluous if nothing does, wrong if something breaks although it is kept.",
    )
    .option("--architecture <name|file>", "the unit (default: the first that the contract names)")
    .addOption(new Option("--strategies <names>", `hardware, envelope, shadow (default: ${STRATEGIES})`))
    .addOption(new Option("--properties <names>", `properties to check (default: ${PROPERTIES})`))
    .option("--geometry <text>", 'levels x entries, e.g. "3x8"')
    .option("--seed <text>", "seed of the searches", CHECK_DEFAULTS.seed)
    .option(
      "--commands <n>",
      "commands a search; more for the whole contract and for scopes",
      `${CHECK_DEFAULTS.commands}`,
    )
    .option("--corpus <folder>", "where counterexamples to wrong rows are kept", DEFAULT_CORPUS)
    .option("--scopes", "leave out each scope of the rows that are needed, too: a longer search")
    .option("--watch", "again at each change of a rule file, until Ctrl-C")
    .option("--json", "print the result as JSON, without progress")
    .addHelpText("after", CHECK_EXAMPLES)
    .action(async (contract: string, flags: CheckFlags) => check(contract, flags));
}

const CHECK_EXAMPLES = `
Examples:
  nestfuzz check my-contract.yaml                        on the unit that it names
  nestfuzz check "my-contract.yaml cm=1" --architecture my-unit.yaml
  nestfuzz check my-contract.yaml --watch                again at each save
  nestfuzz check riscv --scopes                          what each row could do without

Exit code: 0 no row is wrong, 1 one is or the run was interrupted, 2 bad usage or input, 3 internal error.
`;

async function check(contract: string, flags: CheckFlags): Promise<void> {
  const commands = numberFrom(flags.commands, "--commands", "20000");
  const geometry = flags.geometry === undefined ? undefined : geometryFrom(flags.geometry);
  const interrupt = new Interrupt();
  if (flags.watch === true) return watchFrom(contract, flags, commands, geometry, interrupt);
  const cell = cellFor(contract, flags);
  const progress = new Progress(flags.json !== true);
  const result = await checkRows(cell, {
    seed: flags.seed,
    commands,
    scopes: flags.scopes === true,
    ...(geometry === undefined ? {} : { geometry }),
    shouldStop: () => interrupt.isAsked,
    onSearch: (what) => progress.show(`searching: ${what}`),
  });
  progress.clear();
  interrupt.release();
  const keeper = new Keeper(corpusAt(flags.corpus));
  for (const entry of brokenBy(result)) keeper.keep(entry);
  if (flags.json === true) print(checkJson(result, flags.seed));
  else print(checkText(result, rulesLine(cell), notInForce(contract, cell), repeatLine(contract, flags)));
  if (keeper.hasFailed) throw new Ended(EXIT.input);
  if (result.stopped || brokenBy(result).length > 0) throw new Ended(EXIT.differs);
}

async function watchFrom(
  contract: string,
  flags: CheckFlags,
  commands: number,
  geometry: Geometry | undefined,
  interrupt: Interrupt,
): Promise<void> {
  for (const name of ["json", "scopes"] as const)
    if (flags[name] === true) refuse(`--watch: does not go with --${name}; leave one out`);
  const keeper = new Keeper(corpusAt(flags.corpus));
  const result = await watchContract({
    contract,
    architecture: flags.architecture,
    load: () => cellFor(contract, flags),
    options: { seed: flags.seed, commands, ...(geometry === undefined ? {} : { geometry }) },
    keep: (entry) => keeper.keep(entry),
    isInterrupted: () => interrupt.isAsked,
  });
  interrupt.release();
  if (result === null || brokenBy(result).length > 0) throw new Ended(EXIT.differs);
}

/** The counterexamples to the contract itself. */
function brokenBy({ verdicts, unexplained }: CheckResult) {
  const wrong = verdicts.filter(({ word }) => word === "wrong").map(({ witness }) => witness!);
  return unexplained === null ? wrong : [...wrong, unexplained];
}

function cellFor(contract: string, { architecture, strategies, properties }: CheckFlags): RunCell {
  const refs: RuleRefs = {
    contract,
    strategies: strategies ?? STRATEGIES,
    properties: properties ?? PROPERTIES,
    ...(architecture === undefined ? {} : { architecture }),
  };
  const placeOf = (name: string): string => (name === "contract" ? "the contract" : `--${name}`);
  return { ...rulesFrom(refs, placeOf), shadow: DEFAULT_SHADOW };
}

/** The rows that other parameters put in force: `s1-new (cm=0)`. */
function notInForce(contract: string, { contract: chosen }: RunCell): string[] {
  const known = new Set(rowsOf(chosen).map(({ id }) => id));
  const { ref } = must(parseContractRef(contract));
  return must(contractUses(ref)).choices.flatMap((choice) => {
    const rows = rowsOf(must(loadContract(ref, choice))).filter(({ id }) => !known.has(id));
    for (const { id } of rows) known.add(id);
    const words = Object.entries(choice).map(([name, value]) => `${name}=${value}`);
    return rows.map(({ id }) => `${id} (${words.join(" ")})`);
  });
}

function rulesLine({ architecture, contract, strategies }: RunCell): string {
  return `${contractRef(contract)} on ${architecture.name}, ${strategies.join(" and ")}`;
}

function repeatLine(contract: string, flags: CheckFlags): string {
  const given = flagWords(flags, ["architecture", "strategies", "properties", "geometry"]);
  const words = ["nestfuzz", "check", contract, "--seed", flags.seed, "--commands", flags.commands, ...given];
  if (flags.scopes === true) words.push("--scopes");
  return quotedLine(words, flags.corpus);
}
