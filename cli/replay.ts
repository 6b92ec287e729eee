/**
 * `nestfuzz replay`: run a counterexample, a sequence file or a mail, step by step.
 */

import type { Command } from "commander";
import fs from "fs-extra";
import { parseSequence, printCommand, shadowOptions } from "../commands/language.js";
import type { Entry, Setting } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { replayEntry, replayedText } from "../corpus/replay.js";
import { parseGeometry } from "../models/geometry.js";
import { parseStart } from "../models/start.js";
import { stepReport } from "../report/steps.js";
import { stepTable } from "../report/table.js";
import { DEFAULT_SHADOW } from "../rules/vocabulary.js";
import { cellWith, type RuleRefs, rulesFrom } from "./cells.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { findEntry } from "./stores.js";

interface ReplayFlags extends RuleRefs {
  geometry?: string;
  start?: string;
  corpus: string;
}

export function addReplay(program: Command): void {
  program
    .command("replay")
    .argument("<id|file|->", "an id of the corpus, a file with a sequence or a mail, or - for standard input")
    .summary("run a counterexample or a sequence, step by step")
    .description(
      "Runs a sequence and prints what each strategy translates at each step, which requests are unsettled and why,\n" +
        "and the property that is violated, if any. Flags take the place of the header's lines.",
    )
    .option("--architecture <name|file>", "architecture (default: the header's, else tiny)")
    .option(
      "--contract <name|file>",
      "contract, with parameters: \"vtd-legacy cm=1\" (default: the header's, else the architecture's)",
    )
    .option("--strategies <names>", "hardware, envelope, shadow (default: the header's, else hardware envelope)")
    .option("--properties <names>", "properties to check (default: the header's, else all)")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" (default: the header\'s, else 2x4)')
    .option(
      "--start <contexts>",
      "contexts attached at the start: all, none, or e.g. c0 (default: the header's, else all)",
    )
    .option("--corpus <folder>", "where ids are looked up first", "corpus")
    .addHelpText("after", REPLAY_EXAMPLES)
    .action((ref: string, flags: ReplayFlags) => replay(ref, flags));
}

const REPLAY_EXAMPLES = `
Examples:
  nestfuzz replay nf-1a2b3c4d5e6f               a counterexample of the corpus
  nestfuzz replay mail.txt                      the sequence in a mail, quoted or not
  echo 'w g4[0]=-; dma r c0 i0' | nestfuzz replay - --contract never

Exit code: 0 no violation, 1 a violation, 2 bad usage or input.
`;

function replay(ref: string, flags: ReplayFlags): void {
  const isFile = ref === "-" || (fs.existsSync(ref) && !ref.endsWith(".json"));
  if (!isFile && /^(nf-)?[0-9a-f]+$|\.json$/.test(ref)) {
    replayId(ref, flags);
    return;
  }
  if (!isFile)
    refuse(
      `${ref}:1:1: no such file, and no id; known: an id (nf-...), a file, or - for standard input; nestfuzz corpus list shows the ids`,
    );
  show(settingFrom(ref === "-" ? "(standard input)" : ref, readText(ref), flags));
}

function readText(ref: string): string {
  try {
    return fs.readFileSync(ref === "-" ? 0 : ref, "utf8");
  } catch (error) {
    return refuse(
      `${ref}:1:1: cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown"}); a text file is due; name another`,
    );
  }
}

/** An entry with the rules that are stored in it; then whether it still does what it says. */
function replayId(ref: string, flags: ReplayFlags): void {
  const found = findEntry(flags.corpus, ref);
  if (!found.ok) refuse(...found.problems.map(formatCorpusProblem));
  const { value } = found;
  if (printSteps(value, replayedText(value.id, replayEntry(value)))) throw new Ended(EXIT.differs);
}

function printSteps(setting: Setting | Entry, ending = ""): boolean {
  const report = stepReport(setting);
  if (!report.ok) return refuse(`${report.path.join(" ")}: ${report.detail}`);
  print(`${stepTable(report.value)}${ending === "" ? "" : `\n${ending}\n`}`);
  return report.value.failure !== null;
}

function show(setting: Setting): void {
  if (printSteps(setting)) throw new Ended(EXIT.differs);
}

/** A sequence in a text; header lines give way to flags. */
function settingFrom(file: string, text: string, flags: ReplayFlags): Setting {
  const parsed = parseSequence(text);
  if (!parsed.ok) {
    return refuse(
      ...parsed.errors.map(({ line, column, code, message }) => `${file}:${line}:${column}: ${code} ${message}`),
    );
  }
  const { header } = parsed;
  const words = (name: "strategies" | "properties"): string | undefined => flags[name] ?? header[name]?.join(" ");
  const architecture = flags.architecture ?? header.architecture;
  const contract = flags.contract ?? header.contract;
  const strategies = words("strategies");
  const properties = words("properties");
  const refs: RuleRefs = {
    ...(architecture === undefined ? {} : { architecture }),
    ...(contract === undefined ? {} : { contract }),
    ...(strategies === undefined ? {} : { strategies }),
    ...(properties === undefined ? {} : { properties }),
  };
  const rules =
    header.claim === undefined ? { ...rulesFrom(refs), shadow: DEFAULT_SHADOW } : cellWith(header.claim, refs);
  const geometryText = flags.geometry ?? header.geometry ?? "2x4";
  const geometry = parseGeometry(geometryText);
  if (typeof geometry === "string") return refuse(`${file}: ${geometry}`);
  const startText = flags.start ?? header.start ?? "all";
  const start = parseStart(startText, geometry);
  if (typeof start === "string") return refuse(`${file}: ${start}`);
  return {
    architecture: rules.architecture,
    contract: rules.contract,
    strategies: rules.strategies,
    properties: rules.properties,
    shadow: header.shadow === undefined ? rules.shadow : shadowOptions(header),
    geometry: geometryText,
    start: startText,
    commands: parsed.commands.map(printCommand),
  };
}
