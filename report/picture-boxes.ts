/**
 * The boxes of a picture, each a title and lines of text, made from a scene.
 *
 * All text of a picture passes through here; the page takes its words for readers who do not see the picture from the
 * same boxes.
 */

import { unreachable } from "../rules/vocabulary.js";
import type { Mark, Scene, SceneCache, ScenePage, SceneRow, SceneTable } from "./scene.js";

export type RowKind = "" | "walk" | "changed" | "focus" | "differs" | Exclude<Mark, "">;

export interface BoxRow {
  id: string;
  label: string;
  text: string;
  /** At the right end of the first line. */
  tag: string;
  /** A line of its own below. */
  remark: string;
  kinds: readonly RowKind[];
  /** Id of the box or row that an arrow leads to. */
  target: string | null;
}

export interface Box {
  id: string;
  title: string;
  rows: BoxRow[];
  kind: "answers" | "contexts" | "stage1" | "stage2" | "page" | "cache" | "queue";
  /** Of memory: the column that it stands in, 0 is the leftmost of its stage. */
  column: number;
}

export interface Section {
  heading: string;
  /** `memory`: two bands of columns with arrows; `flow`: one after the other, wrapped. */
  form: "memory" | "flow";
  boxes: Box[];
}

export function sectionsOf(scene: Scene, focus: string): Section[] {
  const stage1Columns = 1;
  const deepest = Math.max(0, ...scene.tables.filter(({ stage }) => stage === 2).map(({ depth }) => depth));
  const memory = [
    ...scene.tables.map((table) => tableBox(table, table.stage === 1 ? stage1Columns + table.depth : table.depth)),
    ...scene.pages.map((page) => pageBox(page, deepest + 1)),
  ];
  const end = focus === "" ? "" : `: the walk of the ${focus} ends at ${scene.walkEnds}`;
  return [
    { heading: "Answers after this step", form: "flow", boxes: scene.answers.map(answerBox) },
    { heading: `Memory${end}`, form: "memory", boxes: memory },
    { heading: "Caches: what may be held for these requests", form: "flow", boxes: scene.caches.map(cacheBox) },
    { heading: "Owed", form: "flow", boxes: [dutyBox(scene), queueBox(scene)] },
  ];
}

const row = (given: Partial<BoxRow> & Pick<BoxRow, "id" | "text">): BoxRow => ({
  label: "",
  tag: "",
  remark: "",
  kinds: [],
  target: null,
  ...given,
});

function answerBox(answer: Scene["answers"][number], at: number): Box {
  const { request, isFocus, isSettled, cells } = answer;
  return {
    id: `answer-${at}`,
    title: request,
    kind: "answers",
    column: 0,
    rows: [
      ...cells.map(({ column, text, differs }) =>
        row({
          id: `answer-${at}-${column}`,
          label: column.padEnd(8),
          text: text === "" ? "not asked" : text,
          tag: differs ? "differs" : "",
          kinds: [...(isFocus ? (["focus"] as const) : []), ...(differs ? (["differs"] as const) : [])],
        }),
      ),
      row({ id: `answer-${at}-settled`, text: isSettled ? "settled: all must agree" : "unsettled: may be stale" }),
    ],
  };
}

function tableBox({ id, stage, title, rows, gone }: SceneTable, column: number): Box {
  const kind = stage === 0 ? "contexts" : stage === 1 ? "stage1" : "stage2";
  const lead = stage === 0 ? "" : `stage ${stage} `;
  return {
    id,
    title: `${lead}${title}`,
    kind,
    column,
    rows: gone === "" ? rows.map(tableRow) : [row({ id: `${id}-gone`, text: gone })],
  };
}

function tableRow({ id, label, text, target, changed, walk }: SceneRow): BoxRow {
  const tags = [...(changed ? ["written"] : []), ...(walk > 0 ? [`#${walk}`] : [])];
  const kinds: RowKind[] = [...(walk > 0 ? (["walk"] as const) : []), ...(changed ? (["changed"] as const) : [])];
  return row({ id, label, text: text === "-" ? "not present" : text, target, tag: tags.join(" "), kinds });
}

function pageBox({ id, title, answers, stale }: ScenePage, column: number): Box {
  const led = answers.length === 0 ? [] : [row({ id: `${id}-answers`, text: answers.join(" "), kinds: ["focus"] })];
  const old = stale.map((text, at) =>
    row({ id: `${id}-stale-${at}`, text: `${SIGNS.stale} ${text}`, kinds: ["stale"] }),
  );
  return { id, title: `page ${title}`, kind: "page", column, rows: [...led, ...old] };
}

/** Marks are told by a sign and words too, not by colour alone. */
export const SIGNS: Readonly<Record<Exclude<Mark, "">, string>> = { stale: "\u25c6", cached: "\u25c7", old: "\u25cb" };

function cacheBox({ id, title, values, hidden }: SceneCache): Box {
  const rows = values.map(({ key, value, by, mark, remark }, at) =>
    row({
      id: `${id}-${at}`,
      label: key,
      text: `\u2192 ${value}`,
      tag: by.includes("hardware") ? "hw" : "",
      remark: mark === "" ? "" : `${SIGNS[mark]} ${remark}`,
      kinds: mark === "" ? [] : [mark],
    }),
  );
  const rest = hidden === 0 ? [] : [row({ id: `${id}-more`, text: `and ${hidden} more` })];
  const none = values.length === 0 ? [row({ id: `${id}-none`, text: "nothing" })] : [];
  return { id, title, kind: "cache", column: 0, rows: [...rows, ...rest, ...none] };
}

/** Duties that a box has room for. */
const MOST_DUTIES = 8;

function dutyBox({ duties }: Scene): Box {
  const first = [...duties].sort((a, b) => Number(b.isFocus) - Number(a.isFocus)).slice(0, MOST_DUTIES);
  const rows = first.map(({ text, isFocus }, at) => row({ id: `duty-${at}`, text, kinds: isFocus ? ["focus"] : [] }));
  const left = duties.length - first.length;
  if (left > 0) rows.push(row({ id: "duty-more", text: `and ${left} more` }));
  if (duties.length === 0) rows.push(row({ id: "duty-none", text: "no open duty" }));
  return { id: "duties", title: "open duties", kind: "queue", column: 0, rows };
}

function queueBox({ pending }: Scene): Box {
  const rows = pending.map((text, at) => row({ id: `pending-${at}`, text }));
  if (pending.length === 0) rows.push(row({ id: "pending-none", text: "nothing waits for a fence" }));
  return { id: "queue", title: "queue", kind: "queue", column: 0, rows };
}

/** The lines below a picture that say what its signs mean. */
export function legendOf(focus: string): string[] {
  return [
    ...(focus === "" ? [] : [`#1, #2, ...: the reads of the walk of the ${focus}, in order; thick arrows follow it`]),
    `${SIGNS.stale} stale: what explains the violation; ${SIGNS.cached} the same, while it was right still`,
    `${SIGNS.old} another value that no walk gives now; hw: hardware holds it, else the envelope may`,
  ];
}

/** A box in words, for readers who do not see the picture. */
export function boxText({ title, rows }: Box): { title: string; lines: string[] } {
  const lines = rows.map(({ label, text, tag, remark }) =>
    [label.trim(), text, tag === "" ? "" : `(${tag})`, remark].filter((part) => part !== "").join(" "),
  );
  return { title, lines };
}

/** The class of a box in the picture's style. */
export function boxClass(kind: Box["kind"]): string {
  switch (kind) {
    case "stage1":
    case "stage2":
    case "page":
    case "cache":
      return kind;
    case "answers":
    case "contexts":
    case "queue":
      return "plain";
    default:
      return unreachable(kind);
  }
}
