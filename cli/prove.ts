/**
 * `nestfuzz prove`: every sequence of a small geometry, to a fixpoint or a depth.
 */

import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { type Geometry, parseGeometry } from "../models/geometry.js";
import { Prover, REDUCTIONS, type Reduction } from "../prove/prover.js";
import { parseScope, type Scope, SMALLEST_GEOMETRY } from "../prove/scope.js";
import type { Cell } from "../rules/vocabulary.js";
import { numberFrom } from "./budget.js";
import { chooseCells, geometryFrom, type RuleRefs } from "./cells.js";
import { Ended, EXIT, print, refuse } from "./exit.js";
import { Interrupt } from "./interrupt.js";
import { Keeper } from "./keeper.js";
import { Progress } from "./progress.js";
import { Unfinished } from "./prove-checkpoint.js";
import { crossCheck, crossCheckModel } from "./prove-cross-check.js";
import { entryOf } from "./prove-entry.js";
import { isGreenProof, type ProofRow, proofJson, proofText, verdictText } from "./prove-report.js";
import { type Limits, searchUntil, withThreads } from "./prove-search.js";
import { corpusAt, DEFAULT_CORPUS } from "./stores.js";

interface ProveFlags extends RuleRefs {
  geometry?: string;
  scope?: string;
  pinned?: boolean;
  depth?: string;
  memory: string;
  seconds?: string;
  threads?: string;
  without?: string;
  checkpoint?: string;
  crossCheck?: string;
  json?: boolean;
  corpus: string;
}

export function addProve(program: Command): void {
  program
    .command("prove")
    .argument("[claims...]", "ids of claims or cells, e.g. T5.riscv")
    .summary("prove a claim for a small geometry, or find its shortest counterexample")
    .description(
      "Tries every sequence of commands in a small geometry, to a fixpoint or to a depth. What fails is kept in the " +
        "corpus, marked as the shortest there is.",
    )
    .option("--geometry <text>", `levels x entries, with counts (default: "${SMALLEST_GEOMETRY}")`)
    .option("--scope <words>", 'which commands there are, e.g. "tables=g0 moves=no" (default: all)')
    .option("--pinned", "prove again what the claims say was proved, and compare the numbers of states")
    .option("--depth <n>", "sequences of up to so many commands (default: a fixpoint)")
    .option("--memory <size>", "most that the states may take, e.g. 500M", "4G")
    .option("--seconds <n>", "stop each cell after so many seconds")
    .option("--threads <n>", "search up to so many requests side by side, with the same result (default: the cores)")
    .option("--without <names>", `reductions to switch off: ${REDUCTIONS.join(", ")}`)
    .option("--checkpoint <file>", "where a search that ends without a verdict is kept, and gone on with")
    .option("--cross-check <program>", "put the same claim to another model checker and compare: spin")
    .option("--json", "print the result as JSON, without progress")
    .option("--corpus <folder>", "where counterexamples are kept", DEFAULT_CORPUS)
    .option("--architecture <name|file>", "prove on this architecture")
    .option("--contract <name|file>", 'prove under this contract, with parameters: "vtd-legacy cm=1"')
    .option("--strategies <names>", "hardware, envelope, shadow")
    .option("--properties <names>", "agreement, cache-validity, refinement, isolation")
    .addHelpText("after", PROVE_EXAMPLES)
    .action(async (claims: string[], flags: ProveFlags) => {
      await prove(claims, flags);
    });
}

const PROVE_EXAMPLES = `
Examples:
  nestfuzz prove T5.riscv --strategies envelope --depth 3    every sequence of up to three commands
  nestfuzz prove T6a --scope "contexts=no moves=no queue=1"  the shortest counterexample of a claim that fails
  nestfuzz prove T5 --pinned                                 what is pinned in T5's cells, once more
  nestfuzz prove --contract my.yaml --strategies envelope --scope "tables=g0 contexts=no moves=no entries=-,rw queue=1"

Exit code: 0 every verdict (and pinned number of states) as expected, 1 one differs or the search ran out of memory or
time or was interrupted, 2 bad usage or input, 3 internal error, or a
thread died.
`;

async function prove(claims: readonly string[], flags: ProveFlags): Promise<void> {
  const limits = limitsFrom(flags);
  const tasks = flags.pinned === true ? pinnedTasks(claims, flags) : tasksFrom(claims, flags);
  if (flags.checkpoint !== undefined && tasks.length > 1)
    refuse(`--checkpoint: ${tasks.length} cells, and one file; known: one cell a checkpoint; name one`);
  const keeper = new Keeper(corpusAt(flags.corpus));
  const interrupt = new Interrupt();
  const progress = new Progress(flags.json !== true);
  const rows: ProofRow[] = [];
  for (const [at, task] of tasks.entries()) {
    const lead = `${at + 1} of ${tasks.length}: ${task.cell.id}`;
    const row = await run(task, limits, flags, interrupt, (text) => progress.show(`${lead}, ${text}`));
    rows.push(row);
    progress.end(`${lead} ${verdictText(row)}`);
    if (row.entry !== null) keeper.keep(row.entry);
    if (interrupt.isAsked) break;
  }
  interrupt.release();
  if (flags.json === true) print(proofJson(rows));
  else print([...rows.map(proofText), ...keptLines(flags.checkpoint, rows), ...keeper.lines()].join("\n"));
  if (keeper.hasFailed) throw new Ended(EXIT.input);
  if (rows.length < tasks.length || !rows.every(isGreenProof)) throw new Ended(EXIT.differs);
}

function keptLines(checkpoint: string | undefined, rows: readonly ProofRow[]): string[] {
  const isKept = checkpoint !== undefined && rows.some(({ prover }) => prover.verdict === null);
  return isKept
    ? [`kept in ${checkpoint}: the same command goes on from there, with other --memory or --seconds too`]
    : [];
}

/** What is to be proved, and the number of states that it took when it was pinned. */
interface Task {
  cell: Cell;
  geometry: Geometry;
  scope: Scope;
  pinned: number | null;
}

function tasksFrom(claims: readonly string[], flags: ProveFlags): Task[] {
  if (claims.length === 0 && flags.contract === undefined && flags.architecture === undefined)
    refuse("prove: name a claim, a cell, or rules; nestfuzz claims lists the claims; e.g. nestfuzz prove T5.riscv");
  const geometry = geometryFrom(flags.geometry ?? SMALLEST_GEOMETRY);
  const scope = parseScope(flags.scope ?? "", geometry);
  if (typeof scope === "string") return refuse(`--scope: ${scope}`);
  return chooseCells(claims, flags).map((cell) => ({ cell, geometry, scope, pinned: null }));
}

const NOT_WITH_PINS = ["geometry", "scope", "depth", "architecture", "contract", "strategies", "properties"] as const;

function pinnedTasks(claims: readonly string[], flags: ProveFlags): Task[] {
  const given = NOT_WITH_PINS.find((name) => flags[name] !== undefined);
  if (given !== undefined)
    refuse(`--pinned: --${given} is given too; what is pinned says it; leave out one of the two`);
  const cells = chooseCells(claims, {});
  const tasks = cells.flatMap((cell) => pinsOf(cell));
  if (tasks.length === 0)
    refuse(`--pinned: nothing is pinned in ${claims.join(", ")}; nestfuzz prove --pinned proves all that is`);
  return tasks;
}

function pinsOf(cell: Cell): Task[] {
  return (cell.proofs ?? []).map(({ strategies, geometry: text, scope: words, states }) => {
    const geometry = parseGeometry(text);
    if (typeof geometry === "string") return refuse(`${cell.id}: proofs: ${geometry}`);
    const scope = parseScope(words, geometry);
    if (typeof scope === "string") return refuse(`${cell.id}: proofs: ${scope}`);
    return { cell: { ...cell, strategies }, geometry, scope, pinned: states };
  });
}

interface Bounds extends Limits {
  depth: number;
  threads: number;
  without: Reduction[];
}

async function run(
  { cell, geometry, scope, pinned }: Task,
  bounds: Bounds,
  { checkpoint, crossCheck: by }: ProveFlags,
  interrupt: Interrupt,
  show: (text: string) => void,
): Promise<ProofRow> {
  const { depth, without, threads, bytes, seconds } = bounds;
  const prover = new Prover(cell, { geometry, scope, depth, without, crew: { threads, bytes } });
  const kept = checkpoint === undefined ? null : new Unfinished(checkpoint, prover);
  kept?.goOn();
  const model = by === undefined ? null : crossCheckModel(prover, by);
  const stop = await withThreads(prover, async () => {
    const ended = await searchUntil(prover, bounds, interrupt, show);
    if (prover.verdict === null) await kept?.keep();
    else kept?.forget();
    return ended;
  });
  const { verdict } = prover;
  const entry = verdict?.kind === "fails" ? entryOf(cell, prover.options, verdict) : null;
  const check = model === null || verdict === null ? null : crossCheck(prover, model, bytes, seconds);
  return { cell, prover, pinned, stop, entry, check };
}

function limitsFrom(flags: ProveFlags): Bounds {
  const { depth, memory, seconds, threads } = flags;
  const size = /^([0-9]+)([KMG]?)$/i.exec(memory);
  if (size === null)
    refuse(`--memory: "${memory}" is no size; known: a number with K, M or G behind; e.g. --memory 4G`);
  const unit = { "": 1, K: 1e3, M: 1e6, G: 1e9 }[size![2]!.toUpperCase()]!;
  return {
    depth: depth === undefined ? Number.POSITIVE_INFINITY : numberFrom(depth, "--depth", "6"),
    bytes: Number(size![1]) * unit,
    seconds: seconds === undefined ? undefined : numberFrom(seconds, "--seconds", "60"),
    threads: threads === undefined ? availableParallelism() : numberFrom(threads, "--threads", "2"),
    without: (flags.without?.split(/[\s,]+/) ?? []).map(reductionFrom),
  };
}

function reductionFrom(word: string): Reduction {
  const found = REDUCTIONS.find((name) => name === word);
  return found ?? refuse(`--without: unknown reduction "${word}"; known: ${REDUCTIONS.join(", ")}; name one of them`);
}
