/**
 * A run as a sequence of scenes, one a step, for pictures and the page.
 *
 * The steps and the verdict are those of `nestfuzz replay`. The picture shows all strategies, also those that are not
 * under test, since how they differ is what is to be seen; where the sets of an envelope outgrow their room, only those
 * under test.
 */

import { printCommand } from "../commands/language.js";
import type { Setting } from "../corpus/entry.js";
import { prepareRun } from "../corpus/run.js";
import { Machine } from "../models/machine.js";
import { parseStart } from "../models/start.js";
import { outcomeOf, outcomeText, sameOutcome } from "../models/values.js";
import { isShadowAlone } from "../properties/refinement.js";
import { STRATEGIES, type StrategyName } from "../rules/vocabulary.js";
import type { Scene, SceneAnswer, SceneCache, SceneDuty, ScenePage, SceneTable, Story } from "./scene.js";
import { cachesOf } from "./scene-caches.js";
import { memoryOf } from "./scene-memory.js";
import { planOf } from "./scene-plan.js";
import { targetCache } from "./scene-target.js";
import { type Watched, watchedRequests } from "./scene-watch.js";
import { affects, answersOf, type ColumnName, isSameRequest, type StepReport, stepReport, type Told } from "./steps.js";
import { Timeline } from "./timeline.js";
import { outcomesText, requestText } from "./words.js";

export type StoryResult =
  | { ok: true; value: Story }
  | { ok: false; path: readonly (string | number)[]; detail: string };

export function storyOf(setting: Setting, told?: Told): StoryResult {
  const steps = stepReport(setting, undefined, told);
  const run = prepareRun(setting);
  if (!steps.ok) return steps;
  if (!run.ok) return run;
  const { geometry } = run.runner.machine;
  const start = parseStart(setting.start, geometry);
  if (typeof start === "string") return { ok: false, path: ["start"], detail: start };
  const timelineOf = (strategies: readonly StrategyName[]): Timeline => {
    const { architecture, contract, shadow, properties } = setting;
    const guestEnvelope = isShadowAlone(setting.strategies) && properties.includes("refinement");
    const machine = new Machine({ architecture, contract, strategies, shadow, guestEnvelope, geometry, start });
    return new Timeline(machine, run.sequence, run.commands);
  };
  const report = steps.value;
  const last = report.rows.length - 1;
  const all = timelineOf(STRATEGIES);
  const timeline = all.after(last).overflowed && !report.isInconclusive ? timelineOf(underTest(report)) : all;
  return { ok: true, value: new Teller(timeline, report, last).story() };
}

/** Host pages that are drawn at every step; of more, those that something leads to. */
const FEW_PAGES = 12;

function isLedTo({ id, answers, stale }: ScenePage, { tables }: Scene): boolean {
  return answers.length + stale.length > 0 || tables.some(({ rows }) => rows.some(({ target }) => target === id));
}

const underTest = ({ columns }: StepReport): StrategyName[] => STRATEGIES.filter((name) => columns.includes(name));

class Teller {
  private readonly watched: readonly Watched[];
  private readonly columns: readonly ColumnName[];

  constructor(
    private readonly timeline: Timeline,
    private readonly report: StepReport,
    private readonly last: number,
  ) {
    const { machine } = timeline;
    this.watched = watchedRequests(timeline, report.focus, last);
    this.columns = [
      "oracle",
      ...STRATEGIES.filter((name) => machine[name] !== null),
      ...report.columns.filter((name) => name === "target"),
    ];
  }

  story(): Story {
    const { timeline, watched, report, last } = this;
    const plan = planOf(timeline, watched, last);
    const scenes: Scene[] = [];
    for (let step = 0; step <= last; step++) {
      const machine = timeline.after(step);
      const tables = memoryOf(machine, plan, watched[0]);
      const answers = watched.map((one, at) => this.answersTo(machine, one, at === 0, step));
      scenes.push({
        step,
        tables,
        pages: [],
        caches: this.cachesAt(machine, step),
        answers,
        duties: dutiesOf(machine, watched[0]),
        pending: this.pendingAt(machine, step),
        walkEnds: watched[0] === undefined ? "" : endOf(machine, watched[0]),
      });
    }
    const pages = pagesIn(scenes);
    for (const [at, scene] of scenes.entries()) {
      const drawn = pages.map((page) => pageOf(page, scene));
      scene.pages = drawn.length <= FEW_PAGES ? drawn : drawn.filter((page) => isLedTo(page, scene));
      if (at > 0) markChanges(scenes[at - 1]!.tables, scene.tables);
    }
    const focus = watched[0] === undefined ? "" : requestText(watched[0].request);
    return { report, focus, columns: this.columns, scenes, hiddenTables: plan.hiddenTables };
  }

  private answersTo(machine: Machine, one: Watched, isFocus: boolean, step: number): SceneAnswer {
    const { context, page, access } = one;
    const right = answersOf(machine, "oracle", context, page, access)[0]!;
    const cells = this.columns.map((column) => {
      const outcomes = column === "target" ? this.toldAt(step, one) : answersOf(machine, column, context, page, access);
      return { column, text: outcomesText(outcomes), differs: outcomes.some((one) => !sameOutcome(one, right)) };
    });
    const isSettled = !machine.ledger.isUnsettled(machine.state, context, page);
    return { request: requestText(one.request), isFocus, isSettled, cells };
  }

  private cachesAt(machine: Machine, step: number): SceneCache[] {
    const { watched, report } = this;
    const target = targetCache(report, step);
    const caches = cachesOf(machine, watched, report.why?.held ?? [], step);
    return target === null ? caches : [...caches, target];
  }

  /** What the target told after a step: for the request in focus, or for the one that it was asked then. */
  private toldAt(step: number, { request }: Watched): readonly number[] {
    const { rows, focus, columns } = this.report;
    const { focus: answers, dma } = rows[step]!;
    const target = columns.indexOf("target");
    if (isSameRequest(request, focus)) return answers[target] ?? [];
    return dma !== null && isSameRequest(request, dma.request) ? (dma.answers[target] ?? []) : [];
  }

  private pendingAt({ queue, state }: Machine, step: number): string[] {
    const sent = this.timeline.commands.slice(0, step).filter(({ kind }) => kind === "invalidate");
    const count = queue.count(state);
    return count === 0 ? [] : sent.slice(-count).map(printCommand);
  }
}

function endOf({ oracle, geometry }: Machine, { context, page, access }: Watched): string {
  return outcomeText(outcomeOf(oracle.value[context * geometry.iova.count + page]!, access));
}

function dutiesOf(machine: Machine, focus: Watched | undefined): SceneDuty[] {
  const { ledger, state } = machine;
  return Array.from({ length: ledger.dutyCount(state) }, (_, number) => ({
    text: ledger.describe(state, number),
    isFocus: focus !== undefined && affects(machine, number, focus.context, focus.page),
  })).filter((duty, at, all) => all.findIndex(({ text }) => text === duty.text) === at);
}

/** The host pages that stage-2 entries point to, or that somebody may answer with, at any step. */
function pagesIn(scenes: readonly Scene[]): number[] {
  const pages = new Set<number>();
  for (const { tables, answers } of scenes) {
    for (const { rows } of tables) for (const { target } of rows) addPage(pages, target ?? "");
    for (const { text } of answers[0]?.cells ?? []) for (const word of text.split(" ")) addPage(pages, word);
  }
  return [...pages].sort((a, b) => a - b);
}

function addPage(pages: Set<number>, word: string): void {
  const match = /^h([0-9]+)$/.exec(word);
  if (match !== null) pages.add(Number(match[1]));
}

function pageOf(page: number, { answers: [focus], caches }: Scene): ScenePage {
  const name = `h${page}`;
  const answers = (focus?.cells ?? []).filter(({ text }) => text.split(" ").includes(name)).map(({ column }) => column);
  const stale = caches.flatMap(({ title, values }) =>
    values
      .filter(({ mark, value }) => mark === "stale" && value.split(/[ ,]/)[0] === name)
      .map(({ key }) => `${title} ${key}`),
  );
  return { id: name, title: name, answers, stale };
}

function markChanges(before: readonly SceneTable[], now: readonly SceneTable[]): void {
  const texts = new Map(before.flatMap(({ rows }) => rows.map(({ id, text }) => [id, text] as const)));
  for (const { rows } of now) for (const row of rows) row.changed = texts.get(row.id) !== row.text;
}

/** What a step is, for a heading: `step 2 of 3: guest inv iotlb d0 p0 i0`. */
export function stepTitle({ report }: Story, step: number): string {
  const { actor, action } = report.rows[step]!;
  if (step === 0) return "at the start";
  return `step ${step} of ${report.rows.length - 1}: ${actor === "" ? "" : `${actor} `}${action}`;
}
