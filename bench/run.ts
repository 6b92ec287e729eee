/**
 * `npm run bench`: how fast everything is, as figures and as ratios to baselines of the same run. docs/performance.md
 * says what they mean.
 */

import { Command, InvalidArgumentError, Option } from "commander";
import { writeDocs } from "./docs.js";
import { fallenTwice, fallText, medianRatios, ratiosOf, recordedRatios, recordRatios } from "./expected.js";
import { measureIsolated } from "./isolate.js";
import type { Asked } from "./part.js";
import { briefSubjects } from "./parts/brief.js";
import { NotInstalled, PARTS } from "./parts.js";
import { loadNow, machineLine, type Report, type ReportedPart, reportOf, reportText } from "./report.js";
import { measureRounds } from "./rounds.js";
import type { Row } from "./subject.js";

interface Options {
  only?: string[];
  json: boolean;
  rounds: number;
  seconds?: number;
  check?: true;
  record?: true;
  docs?: true;
}

/** Of `--check`, which is to take less than half a minute. */
const BRIEF = { rounds: 5, milliseconds: 50 };
/** Times that the rows are measured for a record. */
const RECORDED = 3;

/** Of docs/performance.md, besides what is measured by default. */
const SHOWN_TOO = ["allocation", "profile"];

const names = PARTS.map(({ name }) => name);
const DEFAULT = PARTS.filter(({ isDefault }) => isDefault).map(({ name }) => name);
const program = new Command("bench")
  .description("Measures the program beside baselines of the same run.")
  .addOption(new Option("--only <part...>", "measure these parts").choices(names))
  .option("--json", "print the figures as JSON, for tracking", false)
  .option("--rounds <n>", "rounds of each part", positive, 5)
  .option("--seconds <n>", "a turn of one subject in a round (default: 0.4)", positive)
  .option("--check", "measure a few rows, briefly; code 1 if a ratio is 40 % below the one in bench/expected.json")
  .option("--docs", "measure what docs/performance.md shows and write it there")
  .option("--record", "measure these rows and write their ratios to bench/expected.json")
  .addHelpText("after", `\nParts (those in brackets only if named; --workers is --only workers):\n${helpOfParts()}\n`);
for (const { name, isDefault } of PARTS) {
  if (isDefault) continue;
  const short = new Option(`--${name}`).hideHelp();
  program.addOption(short).on(`option:${name}`, () => program.setOptionValue("only", [name]));
}

const { only, json, rounds, seconds, check, record, docs } = program.parse().opts<Options>();
try {
  if (record === true) recordRatios(medianRatios(Array.from({ length: RECORDED }, () => ratiosOf(brief()))));
  else if (check === true) await compare();
  else if (docs === true) writeDocs(await measureAll([...DEFAULT, ...SHOWN_TOO]));
  else {
    const report = await measureAll(only ?? DEFAULT);
    console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
  }
} catch (error) {
  if (!(error instanceof NotInstalled)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function measureAll(chosen: readonly string[]): Promise<Report> {
  const asked: Asked = { rounds, milliseconds: seconds === undefined ? null : seconds * 1000 };
  const before = loadNow();
  const parts: ReportedPart[] = [];
  for (const name of chosen) {
    if (chosen.length > 1) console.error(`${name} ...`);
    // Profiles need their seconds, however short the rounds are.
    const one = docs === true && SHOWN_TOO.includes(name) ? { ...asked, milliseconds: null } : asked;
    parts.push(chosen.length > 1 ? await measureIsolated(name, one) : await measureHere(name, one));
  }
  return reportOf(parts, rounds, before);
}

async function measureHere(name: string, asked: Asked): Promise<ReportedPart> {
  const part = PARTS.find((one) => one.name === name)!;
  const figures = await part.measure(asked, (line) => console.error(line));
  return { part: name, says: part.says, ...figures };
}

function brief(): Row[] {
  return measureRounds(briefSubjects(), BRIEF);
}

async function compare(): Promise<void> {
  const expected = recordedRatios();
  const before = loadNow();
  const falls = await fallenTwice(expected, () => ratiosOf(brief()));
  console.log(machineLine(reportOf([], BRIEF.rounds, before)));
  for (const fall of falls) console.log(fallText(fall));
  console.log(`${Object.keys(expected).length - falls.length} of ${Object.keys(expected).length} ratios as recorded`);
  if (falls.length > 0) process.exitCode = 1;
}

function helpOfParts(): string {
  const shown = PARTS.map(({ name, says, isDefault }) => [isDefault ? name : `[${name}]`, says] as const);
  return shown.map(([name, says]) => `  ${name.padEnd(14)} ${says}`).join("\n");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("a number above 0 is due");
  return value;
}
