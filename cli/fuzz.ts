/**
 * `nestfuzz fuzz`: search the cells of the claims, shrink and keep what is found, compare with what was expected.
 */

import { type Command, Option } from "commander";
import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import type { CorpusStore } from "../corpus/store.js";
import { type Geometry, parseGeometry } from "../models/geometry.js";
import { type ClaimRow, coverageTable, isGreen, summaryLine, verdictTable } from "../report/claims.js";
import { CACHE_NAMES, type Cell, TRANSITIONS, transitionName } from "../rules/vocabulary.js";
import { emptyCoverage } from "../search/runner.js";
import { type CampaignResult, runCampaign } from "./campaign.js";
import { chooseCells, type RuleRefs } from "./cells.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { Interrupt } from "./interrupt.js";
import { Progress } from "./progress.js";
import { corpusAt, knownEntries } from "./stores.js";
import { version } from "./version.js";

export const DEFAULT_COMMANDS = 30_000;
const DEFAULT_SEED = "1";

interface FuzzFlags extends RuleRefs {
  seed: string;
  commands?: string;
  seconds?: string;
  json?: boolean;
  corpus: string;
  geometry?: string;
}

export function addFuzz(program: Command): void {
  program
    .command("fuzz")
    .argument("[claims...]", "ids of claims or cells, e.g. T1 T5.riscv (default: all)")
    .summary("search the claims for counterexamples")
    .description(
      "Searches each cell of the claims for a counterexample, shrinks what it finds and keeps it in the corpus.",
    )
    .option("--seed <text>", "seed of the run", DEFAULT_SEED)
    .addOption(new Option("--commands <n>", `commands a cell (default: ${DEFAULT_COMMANDS})`))
    .option("--seconds <n>", "stop after so many seconds; a run limited by time repeats only with --commands")
    .option("--json", "print the result as JSON")
    .option("--corpus <folder>", "where counterexamples are kept", "corpus")
    .option("--architecture <name|file>", "run on this architecture")
    .option("--contract <name|file>", 'run under this contract, with parameters: "vtd-legacy cm=1"')
    .option("--strategies <names>", "hardware, envelope, shadow")
    .option("--properties <names>", "agreement, cache-validity, refinement, isolation")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" or "2x4/1x16"')
    .addHelpText("after", FUZZ_EXAMPLES)
    .action(async (claims: string[], flags: FuzzFlags) => {
      await fuzz(claims, flags);
    });
}

const FUZZ_EXAMPLES = `
Examples:
  nestfuzz fuzz                                  all claims, as in the nightly job
  nestfuzz fuzz T1 T6a --seed 7                  two claims with another seed
  nestfuzz fuzz --contract my.yaml               a contract of your own on the unit it is for
  nestfuzz fuzz T5 --contract "my.yaml cm=0"     your contract in the cells of a claim

Exit code: 0 every verdict as expected, 1 one differs, 2 bad usage or input, 3 internal error.
`;

async function fuzz(claims: readonly string[], flags: FuzzFlags): Promise<void> {
  const commands = count(flags.commands, "--commands") ?? (flags.seconds === undefined ? DEFAULT_COMMANDS : Infinity);
  const seconds = count(flags.seconds, "--seconds");
  const geometry = flags.geometry === undefined ? undefined : geometryFrom(flags.geometry);
  const cells = chooseCells(claims, flags);
  const store = corpusAt(flags.corpus);
  const known = knownEntries(store);
  const json = flags.json === true;
  const interrupt = new Interrupt();
  const progress = new Progress(!json);
  const results: CampaignResult[] = [];
  const lines: string[] = [];
  let isCut = false;
  for (const [at, cell] of cells.entries()) {
    const clock = new Clock(seconds === undefined ? undefined : seconds / cells.length);
    const result = await runCampaign(cell, {
      seed: flags.seed,
      commands,
      ...(geometry === undefined ? {} : { geometry }),
      shouldStop: () => interrupt.isAsked || clock.isOver(),
      onProgress: (done) => progress.show(`${at + 1} of ${cells.length}: ${cell.id}, ${done} commands`),
    });
    results.push(result);
    if (result.entry !== null) lines.push(...keep(store, known, result.entry));
    if (interrupt.isAsked) {
      isCut = at < cells.length - 1 || result.fuzz.stopped;
      break;
    }
  }
  progress.end();
  interrupt.release();
  const repeat = repeatLine(claims, flags);
  if (json) print(JSON.stringify(asJson(results, flags.seed, commands, repeat, isCut), null, 2));
  else print([...textReport(results, cells, lines, isCut), repeat].join("\n"));
  if (isCut || !isGreen(results.map(rowOf))) throw new Ended(EXIT.differs);
}

/** Time is no part of a result: it only ends a search earlier. */
class Clock {
  private readonly start = process.hrtime.bigint();
  constructor(private readonly seconds: number | undefined) {}
  isOver(): boolean {
    if (this.seconds === undefined) return false;
    return Number(process.hrtime.bigint() - this.start) / 1e9 > this.seconds;
  }
}

function count(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9]+$/.test(text) || Number(text) < 1)
    refuse(`${flag} is "${text}"; known: a whole number from 1 on; e.g. ${flag} 1000`);
  return Number(text);
}

export function geometryFrom(text: string): Geometry {
  const geometry = parseGeometry(text);
  return typeof geometry === "string" ? refuse(geometry) : geometry;
}

/** Saves an entry unless it is known; says what was new. */
function keep(store: CorpusStore, known: ReadonlySet<string>, entry: Entry): string[] {
  if (known.has(entry.id)) return [];
  const saved = store.save(entry);
  if (!saved.ok) return refuse(...saved.problems.map(formatCorpusProblem));
  return saved.value.isNew ? [`new counterexample ${entry.id}: nestfuzz show ${entry.id}`] : [];
}

function rowOf({ fuzz, entry }: CampaignResult): ClaimRow {
  return {
    cellId: fuzz.cell.id,
    expected: fuzz.cell.expected,
    verdict: entry === null ? "unrefuted" : "fails",
    commands: fuzz.commands,
    runs: fuzz.runs,
    settledAfterChange: fuzz.discharged,
    // Every property must have had something to say.
    staleSeen: Math.min(...fuzz.witnesses.map(({ seen }) => seen)),
    transitionsSeen: fuzz.coverage.transitions.filter((times) => times > 0).length,
    ...(entry === null ? {} : { id: entry.id }),
  };
}

function textReport(
  results: readonly CampaignResult[],
  cells: readonly Cell[],
  lines: readonly string[],
  isCut: boolean,
): string[] {
  const rows = results.map(rowOf);
  const inconclusive = results.reduce((sum, { fuzz }) => sum + fuzz.inconclusive, 0);
  return [
    ...verdictTable(rows),
    "",
    ...coverageTable(coverageOf(results)),
    "",
    ...lines,
    ...(inconclusive > 0 ? [`${inconclusive} runs ended at a capacity of a model and say nothing`] : []),
    ...(isCut
      ? [
          `stopped after ${results.length} of ${cells.length} cells; what was found is kept; the line below starts again`,
        ]
      : []),
    summaryLine(rows),
  ];
}

function coverageOf(results: readonly CampaignResult[]) {
  const total = emptyCoverage();
  for (const { fuzz } of results) {
    fuzz.coverage.transitions.forEach((times, at) => {
      total.transitions[at]! += times;
    });
    fuzz.coverage.stale.forEach((times, at) => {
      total.stale[at]! += times;
    });
  }
  return {
    transitions: TRANSITIONS.map(transitionName),
    caches: CACHE_NAMES,
    occurred: total.transitions,
    stale: total.stale,
  };
}

function asJson(results: readonly CampaignResult[], seed: string, commands: number, repeat: string, isCut: boolean) {
  const rows = results.map(rowOf);
  const { occurred, stale, ...names } = coverageOf(results);
  return {
    schema: "nestfuzz/run/1",
    version: version(),
    seed,
    commands: Number.isFinite(commands) ? commands : null,
    green: isGreen(rows) && !isCut,
    stopped: isCut,
    repeat: repeat.slice(repeat.indexOf("nestfuzz")),
    cells: results.map((result, at) => ({
      ...rows[at],
      inconclusive: result.fuzz.inconclusive,
      witnesses: result.fuzz.witnesses,
      counterexample: result.entry,
    })),
    coverage: { ...names, occurred: [...occurred], stale: [...stale] },
  };
}

/** The line that gives the same bytes again. */
function repeatLine(claims: readonly string[], flags: FuzzFlags): string {
  const words = ["nestfuzz", "fuzz", ...claims, "--seed", flags.seed];
  if (flags.commands !== undefined || flags.seconds === undefined)
    words.push("--commands", flags.commands ?? `${DEFAULT_COMMANDS}`);
  if (flags.seconds !== undefined) words.push("--seconds", flags.seconds);
  for (const name of ["architecture", "contract", "strategies", "properties", "geometry"] as const) {
    const value = flags[name];
    if (value !== undefined) words.push(`--${name}`, value);
  }
  if (flags.corpus !== "corpus") words.push("--corpus", flags.corpus);
  if (flags.json === true) words.push("--json");
  return `repeat with: ${words.map(quoted).join(" ")}`;
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
