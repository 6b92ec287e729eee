/**
 * `nestfuzz infer`: the weakest rules that hold for a unit or a strategy, and what a published contract makes of it.
 */

import path from "node:path";
import type { Command } from "commander";
import type { Entry } from "../corpus/entry.js";
import { compareWith } from "../infer/compare.js";
import { contractFile } from "../infer/contract-file.js";
import { evidenceFor } from "../infer/evidence.js";
import { INFER_DEFAULTS, weakestContract } from "../infer/weakest.js";
import { flagWords } from "../report/shell.js";
import { architectureNames } from "../rules/load.js";
import { DEFAULT_SHADOW, STRATEGIES } from "../rules/vocabulary.js";
import type { RunCell } from "../search/runner.js";
import { CHECK_DEFAULTS } from "../verdicts/check.js";
import { version } from "../verdicts/version.js";
import { numberFrom } from "./budget.js";
import { geometryFrom, type RuleRefs, rulesFrom } from "./cells.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { comparedText, inferJson, weakestText } from "./infer-report.js";
import { Interrupt } from "./interrupt.js";
import { Keeper } from "./keeper.js";
import { Progress } from "./progress.js";
import { quotedLine } from "./repeat.js";
import { corpusAt, DEFAULT_CORPUS } from "./stores.js";
import { checkOut, writeFile } from "./written.js";

interface InferFlags extends RuleRefs {
  compare?: string;
  geometry?: string;
  seed: string;
  commands: string;
  out?: string;
  corpus: string;
  json?: boolean;
}

export function addInfer(program: Command): void {
  program
    .command("infer")
    .argument("[unit]", "an architecture, by name or file, or a strategy: hardware, envelope, shadow")
    .summary("infer the weakest rules that hold for a unit or a strategy")
    .description(
      "Begins with rules that suffice and leaves out what it can: for every transition the weakest recipe that a " +
        "search finds nothing against, with a counterexample against each weaker one. Prints them as a contract.",
    )
    .option("--architecture <name|file>", "the unit, where a strategy is named (default: tiny)")
    .option("--contract <name|file>", "the rules to begin with (default: always)")
    .option("--compare <name|file>", "begin with this contract, and tell which of its rows owe too little or too much")
    .option("--strategies <names>", `what must agree (default: ${CHECK_DEFAULTS.strategies.join(" ")})`)
    .option("--properties <names>", `properties to check (default: ${CHECK_DEFAULTS.properties.join(" ")})`)
    .option("--geometry <text>", 'levels x entries, e.g. "2x2"')
    .option("--seed <text>", "seed of the searches", CHECK_DEFAULTS.seed)
    .option(
      "--commands <n>",
      `commands a search behind one change; ${INFER_DEFAULTS.wholeFactor} times as many for the whole contract`,
      `${INFER_DEFAULTS.commands}`,
    )
    .option("--out <file>", "write the contract to a file")
    .option("--corpus <folder>", "where counterexamples are kept", DEFAULT_CORPUS)
    .option("--json", "print the result as JSON, without progress")
    .addHelpText("after", INFER_EXAMPLES)
    .action((unit: string | undefined, flags: InferFlags) => infer(unit, flags));
}

const INFER_EXAMPLES = `
Examples:
  nestfuzz infer riscv                                  the weakest contract for RISC-V's unit
  nestfuzz infer my-unit.yaml --out my-contract.yaml    for a unit of your own
  nestfuzz infer shadow --architecture vtd-legacy-cm    what a shadow must be told
  nestfuzz infer --compare "vtd-legacy cm=1"            which rows of a contract owe too little or too much

Exit code: 0 inferred (and no row of the compared contract is too weak), 1 a row is too weak, or there are
counterexamples that no rule prevents, or the run was interrupted, 2 bad usage or input, 3 internal error.
`;

function infer(unit: string | undefined, flags: InferFlags): void {
  const commands = numberFrom(flags.commands, "--commands", `${INFER_DEFAULTS.commands}`);
  const geometry = flags.geometry === undefined ? {} : { geometry: geometryFrom(flags.geometry) };
  const cell = cellFor(unit, flags);
  if (flags.out !== undefined) checkOut(flags.out, "--out");
  const keeper = new Keeper(corpusAt(flags.corpus));
  const interrupt = new Interrupt();
  const progress = new Progress(flags.json !== true);
  const options = {
    seed: flags.seed,
    ...geometry,
    shouldStop: () => interrupt.isAsked,
    onProgress: (what: string) => progress.show(`searching: ${what}`),
  };
  const weakest = weakestContract(cell, { ...options, commands, whole: INFER_DEFAULTS.wholeFactor * commands });
  const shown = evidenceFor(cell, weakest, options);
  const compared = flags.compare === undefined ? null : compareWith(cell, weakest, shown, options);
  progress.clear();
  interrupt.release();
  const entries = shown.rows.flatMap(({ refuted }) => refuted.flatMap(({ entry }) => entry ?? []));
  const broken = [...shown.beyond, ...(compared?.flatMap(({ entry }) => entry ?? []) ?? [])];
  for (const entry of [...entries, ...broken]) keeper.keep(entry);
  const repeat = repeatLine(unit, flags);
  const file = contractFile(shown, {
    name: weakest.contract.name,
    architecture: architectureFrom(unit, cell, flags),
    of: `${cell.architecture.name}, ${cell.strategies.join(" and ")}`,
    version: version(),
    repeat,
  });
  if (flags.out !== undefined) writeFile(file, flags.out, "--out");
  if (flags.json === true) print(inferJson(shown, compared, { seed: flags.seed, stopped: weakest.stopped }));
  else if (compared !== null) print(comparedText(cell, compared, shown, repeat));
  else if (flags.out === undefined) print(file);
  else print(weakestText(shown, flags.out, repeat));
  endWith(weakest.stopped, broken, keeper);
}

function endWith(stopped: boolean, broken: readonly Entry[], keeper: Keeper): void {
  if (stopped) process.stderr.write("stopped before every row was as weak as can be\n");
  if (keeper.hasFailed) throw new Ended(EXIT.input);
  if (stopped || broken.length > 0) throw new Ended(EXIT.differs);
}

/** The unit that is named, or the strategy on a unit; the contract to begin with. */
function cellFor(unit: string | undefined, flags: InferFlags): RunCell {
  const strategy = STRATEGIES.find((name) => name === unit);
  if (unit !== undefined && strategy === undefined && flags.architecture !== undefined)
    refuse(`--architecture: the unit is named twice, ${unit} and ${flags.architecture}; leave one out`);
  if (strategy !== undefined && flags.strategies !== undefined)
    refuse(`--strategies: the strategy is named twice, ${unit} and ${flags.strategies}; leave one out`);
  if (flags.compare !== undefined && flags.contract !== undefined)
    refuse("--compare: begins with the contract that it compares; leave --contract out");
  if (unit === undefined && flags.architecture === undefined && flags.compare === undefined)
    refuse(`infer: no unit is named; known: ${architectureNames().join(", ")}, a file, ${STRATEGIES.join(", ")}`);
  const contract = flags.compare ?? flags.contract;
  const architecture = strategy === undefined ? (unit ?? flags.architecture) : (flags.architecture ?? "tiny");
  const refs: RuleRefs = {
    contract: contract ?? "always",
    strategies: strategy ?? flags.strategies ?? CHECK_DEFAULTS.strategies.join(" "),
    properties: flags.properties ?? CHECK_DEFAULTS.properties.join(" "),
    ...(architecture === undefined ? {} : { architecture }),
  };
  const placeOf = (name: string): string => {
    if (name === "architecture" && strategy === undefined && unit !== undefined) return "infer";
    return name === "contract" && flags.compare !== undefined ? "--compare" : `--${name}`;
  };
  return { ...rulesFrom(refs, placeOf), shadow: DEFAULT_SHADOW };
}

/** As the file will name it: a path from where the file is. */
function architectureFrom(unit: string | undefined, cell: RunCell, { architecture, out }: InferFlags): string {
  const ref = STRATEGIES.some((name) => name === unit) ? architecture : (unit ?? architecture);
  if (ref === undefined || architectureNames().includes(ref)) return cell.architecture.name;
  const relative = path
    .relative(path.dirname(out ?? "."), ref)
    .split(path.sep)
    .join("/");
  return relative.startsWith(".") ? relative : `./${relative}`;
}

function repeatLine(unit: string | undefined, flags: InferFlags): string {
  const given = flagWords(flags, [
    "architecture",
    "contract",
    "compare",
    "strategies",
    "properties",
    "geometry",
    "out",
  ]);
  const words = ["nestfuzz", "infer", ...(unit === undefined ? [] : [unit]), ...given];
  return quotedLine([...words, "--seed", flags.seed, "--commands", flags.commands], flags.corpus);
}
