/**
 * Every row of a contract judged: whether something breaks without it, and whether it is enough.
 *
 * First the contract as it stands. Where a counterexample is found, the row for the change that made a value stale is
 * wrong; from there on it owes what `always` does, so that the others can be judged, and the search goes on. Then
 * each row by itself owes nothing: what is found then is why it is needed. At last, where the caller asks for it,
 * each scope of the rows that are needed is left out in turn, which takes a longer search to tell. What nothing is
 * found without is superfluous, as far as the search went; where the row's changes never occurred, the search says
 * nothing.
 *
 * Who checks a contract again after a change hands in the verdicts of before: a counterexample that still fails under
 * the new rules is not searched for again.
 */

import type { Entry } from "../corpus/entry.js";
import { entryId, sameRules } from "../corpus/identity.js";
import { replayEntry } from "../corpus/replay.js";
import type { Geometry } from "../models/geometry.js";
import { stepReport } from "../report/steps.js";
import { loadContract } from "../rules/load.js";
import { CACHE_NAMES, type CacheName, type Cell, type Contract, type ContractRule } from "../rules/vocabulary.js";
import { type FuzzOptions, type FuzzResult, fuzzCell } from "../search/fuzz.js";
import type { RunCell } from "../search/runner.js";
import { type CampaignResult, runCampaign } from "./campaign.js";
import { type Row, rowsOf, withoutScope, withStages } from "./rows.js";

/** What the command line and the library check by where nothing else is said. */
export const CHECK_DEFAULTS = {
  seed: "1",
  commands: 20_000,
  strategies: ["envelope"],
  properties: ["agreement", "cache-validity", "isolation"],
} as const satisfies Pick<RunCell, "strategies" | "properties"> & Pick<CheckOptions, "seed" | "commands">;

export type RowWord = "needed" | "superfluous" | "wrong" | "nothing owed" | "not reached";

export interface RowVerdict {
  row: Row;
  word: RowWord;
  /** What was found without the row, or for a wrong one with it; null for the other words. */
  witness: Entry | null;
  /** Scopes of a needed row that nothing was found without: stage and place in it, from 0. */
  superfluous: readonly { stage: number; scope: number }[];
  /** Commands that were run without a counterexample, and how often the row's changes occurred in them. */
  commands: number;
  changes: number;
  /** Caches that held what was stale behind one of these changes. */
  stale: readonly CacheName[];
}

const NO_SEARCH = { commands: 0, changes: 0, stale: [] } as const;

export interface CheckOptions {
  seed: string;
  /** Commands a search without a row; a scope left out gets five times as many. */
  commands: number;
  /** Commands of the search of the whole contract, three times as many if not given. */
  whole?: number;
  /** Whether the scopes of needed rows are left out in turn. */
  scopes?: boolean;
  geometry?: Geometry;
  shouldStop?: () => boolean;
  /** Told which search comes next. */
  onSearch?: (what: string) => void;
  onVerdict?: (verdict: RowVerdict) => void;
  /** Verdicts of before, under rules that may have changed since. */
  before?: readonly RowVerdict[];
  /** Rows that are judged first. */
  first?: ReadonlySet<string>;
}

export interface CheckResult {
  /** In the order of the file. */
  verdicts: RowVerdict[];
  /** A counterexample that no single row accounts for. */
  unexplained: Entry | null;
  /** Stopped: rows or scopes may be without a verdict. */
  stopped: boolean;
}

export async function checkRows(cell: RunCell, options: CheckOptions): Promise<CheckResult> {
  return new Check(cell, options).run();
}

class Check {
  private readonly rows: readonly Row[];
  private readonly wrong = new Map<string, Entry>();
  /** The contract, with what is wrong in it mended. */
  private mended: Contract;
  private whole: CampaignResult | null = null;
  private unexplained: Entry | null = null;
  private readonly verdicts = new Map<string, RowVerdict>();

  constructor(
    private readonly cell: RunCell,
    private readonly options: CheckOptions,
  ) {
    this.rows = rowsOf(cell.contract);
    this.mended = cell.contract;
  }

  async run(): Promise<CheckResult> {
    await this.judgeWhole();
    for (const row of this.inOrder()) {
      if (this.isStopped()) break;
      if (this.verdicts.has(row.id)) continue;
      this.tell(await this.judge(row));
    }
    for (const verdict of this.options.scopes === true ? [...this.verdicts.values()] : []) {
      if (verdict.word === "needed" && !this.isStopped()) await this.judgeScopes(verdict);
    }
    const verdicts = this.rows.flatMap((row) => this.verdicts.get(row.id) ?? []);
    return { verdicts, unexplained: this.unexplained, stopped: this.isStopped() };
  }

  private isStopped(): boolean {
    return this.options.shouldStop?.() === true;
  }

  private inOrder(): Row[] {
    const first = this.options.first ?? new Set();
    return [...this.rows.filter(({ id }) => first.has(id)), ...this.rows.filter(({ id }) => !first.has(id))];
  }

  private tell(verdict: RowVerdict): void {
    this.verdicts.set(verdict.row.id, verdict);
    this.options.onVerdict?.(verdict);
  }

  /** Finds the wrong rows, one after another. */
  private async judgeWhole(): Promise<void> {
    for (const { row, witness } of this.options.before?.filter(({ word }) => word === "wrong") ?? []) {
      const known = this.rows.find(({ id }) => id === row.id);
      if (known === undefined || this.wrong.has(row.id)) continue;
      const still = this.failsStill(witness, this.mended);
      if (still !== null && culprit(still) === row.id) this.blame(known, still);
    }
    while (!this.isStopped()) {
      const { commands, whole = 3 * commands } = this.options;
      const result = await this.search("the contract", this.mended, whole);
      if (result.entry === null) {
        this.whole = result;
        return;
      }
      const id = culprit(result.entry);
      const row = this.rows.find((one) => one.id === id);
      if (row === undefined || this.wrong.has(row.id)) {
        this.unexplained = result.entry;
        return;
      }
      this.blame(row, result.entry);
    }
  }

  private blame(row: Row, witness: Entry): void {
    this.wrong.set(row.id, witness);
    const always = loadContract("always", {}, this.cell.architecture);
    const stages = (transition: number): ContractRule["stages"] =>
      always.ok ? always.value.rules[transition]!.stages : [];
    this.mended = withStages(this.mended, row, stages);
    this.tell({ row, word: "wrong", witness, superfluous: [], ...NO_SEARCH });
  }

  private async judge(row: Row): Promise<RowVerdict> {
    if (row.stages.length === 0) return verdict(row, "nothing owed", this.whole);
    const known = this.options.before?.find((one) => one.row.id === row.id && one.word === "needed")?.witness;
    const still = this.failsStill(known ?? null, withStages(this.mended, row, []));
    if (still !== null) return needed(row, still);
    const result = await this.search(row.id, withStages(this.mended, row, []), this.options.commands);
    if (result.entry !== null) return needed(row, result.entry);
    return verdict(row, "superfluous", result);
  }

  private async judgeScopes({ row, witness }: RowVerdict): Promise<void> {
    const superfluous: { stage: number; scope: number }[] = [];
    const places = row.stages.flatMap((scopes, stage) => scopes.map((_, scope) => ({ stage, scope })));
    for (const place of places.length > 1 ? places : []) {
      if (this.isStopped()) return;
      const left = withStages(this.mended, row, withoutScope(row.stages, place.stage, place.scope));
      if (this.failsStill(witness, left) !== null) continue;
      const what = `${row.id}, stage ${place.stage + 1}, scope ${place.scope + 1}`;
      const fuzz = await fuzzCell(this.cellOf(what, left), this.fuzzOptions(what, 5 * this.options.commands));
      if (fuzz.found === null && changesOf(row, fuzz) > 0) superfluous.push(place);
    }
    if (!this.isStopped()) this.verdicts.set(row.id, { ...needed(row, witness!), superfluous });
  }

  /** The entry under these rules, if its sequence fails under them. */
  private failsStill(entry: Entry | null, contract: Contract): Entry | null {
    if (entry === null) return null;
    const { architecture } = this.cell;
    const { failure } = replayEntry(entry, { architecture, contract });
    if (failure === null) return null;
    const isSame = sameRules(entry.architecture, architecture) && sameRules(entry.contract, contract);
    const commands = entry.commands.slice(0, failure.step);
    const now = { ...entry, architecture, contract, failure, commands, minimal: isSame ? entry.minimal : null };
    return { ...now, id: entryId(now) };
  }

  /** The counterexample is made of what is found: shrunk, and of no claim, since the cell is this search's own. */
  private async search(what: string, contract: Contract, commands: number): Promise<CampaignResult> {
    const result = await runCampaign(this.cellOf(what, contract), this.fuzzOptions(what, commands));
    return { ...result, entry: result.entry === null ? null : { ...result.entry, claim: "" } };
  }

  private cellOf(what: string, contract: Contract): Cell {
    return { ...this.cell, contract, id: what, expected: "unrefuted", why: "" };
  }

  private fuzzOptions(what: string, commands: number): FuzzOptions {
    const { seed, geometry, shouldStop, onSearch } = this.options;
    onSearch?.(what);
    return {
      seed,
      commands,
      ...(geometry === undefined ? {} : { geometry }),
      ...(shouldStop === undefined ? {} : { shouldStop }),
    };
  }
}

/** The row for the change that made the value stale. */
export function culprit(entry: Entry): string | undefined {
  const steps = stepReport(entry);
  return steps.ok ? steps.value.why?.failed?.id : undefined;
}

function needed(row: Row, witness: Entry): RowVerdict {
  return { row, word: "needed", witness, superfluous: [], ...NO_SEARCH };
}

/** What a search without a counterexample says of a row. */
function verdict(row: Row, word: RowWord, result: CampaignResult | null): RowVerdict {
  const changes = result === null ? 0 : changesOf(row, result.fuzz);
  const stale = result === null ? [] : staleBehind(row, result.fuzz);
  const commands = result?.fuzz.commands ?? 0;
  return { row, word: changes > 0 ? word : "not reached", witness: null, superfluous: [], commands, changes, stale };
}

function changesOf(row: Row, { coverage }: FuzzResult): number {
  return row.transitions.reduce((sum, at) => sum + coverage.transitions[at]!, 0);
}

function staleBehind(row: Row, { coverage: { stale } }: FuzzResult): CacheName[] {
  return CACHE_NAMES.filter((_, cache) => row.transitions.some((at) => stale[at * CACHE_NAMES.length + cache]! > 0));
}
