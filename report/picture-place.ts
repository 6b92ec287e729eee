/**
 * Where the boxes of a picture stand: rectangles that do not overlap, and lines of text that fit into them.
 *
 * Text is set in a fixed pitch, so that its width is known without a browser. Where there is room, memory stands in
 * columns, stage 1 above stage 2; in a narrow picture all boxes stand below each other.
 */

import { type Box, type BoxRow, sectionsOf } from "./picture-boxes.js";
import type { Scene } from "./scene.js";

/** Pixels. */
export const SIZE = { font: 12, char: 7.3, line: 17, pad: 8, gap: 14, lanes: 46, heading: 30 } as const;
/** Below this a picture is narrow. */
export const NARROW = 640;
/** Characters of a line in a box where there is room. */
const WIDEST = 46;
/** Beside the boxes of a narrow picture, for arrows. */
const GUTTER = 40;

export interface PlacedLine {
  row: BoxRow;
  /** 0 for the first line of a row. */
  part: number;
  isRemark: boolean;
  label: string;
  text: string;
  tag: string;
}
export interface PlacedBox {
  box: Box;
  x: number;
  y: number;
  width: number;
  height: number;
  lines: PlacedLine[];
  /** Column and band in memory; -1 elsewhere. */
  column: number;
  band: number;
}
export interface Band {
  top: number;
  bottom: number;
}
export interface Placement {
  width: number;
  height: number;
  isNarrow: boolean;
  boxes: PlacedBox[];
  headings: { text: string; y: number }[];
  /** Of memory: where each column begins and ends, and each band. */
  columns: { left: number; right: number }[];
  bands: Band[];
}

export function placeScene(scene: Scene, focus: string, width: number): Placement {
  const isNarrow = width < NARROW;
  const place: Placement = { width, height: 0, isNarrow, boxes: [], headings: [], columns: [], bands: [] };
  let y = 0;
  for (const { heading, form, boxes } of sectionsOf(scene, focus)) {
    const chars = Math.floor(width / SIZE.char);
    const lines = wrapText(heading, chars);
    for (const [at, text] of lines.entries()) place.headings.push({ text, y: y + 18 + at * SIZE.line });
    y += SIZE.heading + (lines.length - 1) * SIZE.line;
    if (form === "flow") y = flow(place, boxes, y);
    else y = isNarrow ? stack(place, boxes, y) : grid(place, boxes, y);
    y += 8;
  }
  place.height = y;
  return place;
}

/** One after the other, wrapped at the width. */
function flow(place: Placement, boxes: readonly Box[], top: number): number {
  const chars = Math.min(WIDEST, charsIn(place.width));
  let [x, y, bottom] = [0, top, top];
  for (const box of boxes) {
    const placed = sized(box, chars);
    if (x > 0 && x + placed.width > place.width) [x, y] = [0, bottom + SIZE.gap];
    place.boxes.push({ ...placed, x, y });
    x += placed.width + SIZE.gap;
    bottom = Math.max(bottom, y + placed.height);
  }
  return bottom + 4;
}

/** Below each other, with a gutter at the right for arrows. */
function stack(place: Placement, boxes: readonly Box[], top: number): number {
  const width = place.width - GUTTER;
  let y = top;
  for (const box of boxes) {
    const placed = sized(box, charsIn(width));
    place.boxes.push({ ...placed, x: 0, y, width, column: 0, band: 0 });
    y += placed.height + SIZE.gap;
  }
  place.columns.push({ left: 0, right: width });
  place.bands.push({ top, bottom: y });
  return y;
}

/** Two bands of columns: context entries and stage 1, then stage 2 and host pages. */
function grid(place: Placement, boxes: readonly Box[], top: number): number {
  const isUpper = ({ kind }: Box): boolean => kind === "contexts" || kind === "stage1";
  const sizes = boxes.map((box) => ({ ...sized(box, WIDEST), band: isUpper(box) ? 0 : 1, column: box.column }));
  const count = Math.max(0, ...sizes.map(({ column }) => column)) + 1;
  let left = 0;
  for (let column = 0; column < count; column++) {
    const width = Math.max(60, ...sizes.filter((one) => one.column === column).map((one) => one.width));
    place.columns.push({ left, right: left + width });
    left += width + SIZE.lanes;
  }
  place.width = Math.max(place.width, left);
  let y = top;
  for (const band of [0, 1]) {
    let bottom = y;
    for (const [column, { left: x, right }] of place.columns.entries()) {
      let at = y;
      for (const one of sizes.filter((size) => size.band === band && size.column === column)) {
        place.boxes.push({ ...one, x, y: at, width: right - x });
        at += one.height + (one.box.kind === "page" ? SIZE.gap / 2 : SIZE.gap);
      }
      bottom = Math.max(bottom, at);
    }
    place.bands.push({ top: y, bottom });
    y = bottom + (band === 0 ? SIZE.lanes : 0);
  }
  return y;
}

const charsIn = (width: number): number => Math.floor((width - 2 * SIZE.pad) / SIZE.char);

/** A box with its lines, as wide as they are and no wider than `chars`. */
function sized(box: Box, chars: number): PlacedBox {
  const lines = box.rows.flatMap((row) => linesOf(row, chars));
  const longest = Math.max(box.title.length, ...lines.map(lineLength));
  return {
    box,
    x: 0,
    y: 0,
    width: Math.ceil(Math.min(longest, chars) * SIZE.char) + 2 * SIZE.pad,
    height: (1 + lines.length) * SIZE.line + SIZE.pad,
    lines,
    column: -1,
    band: -1,
  };
}

function lineLength({ label, text, tag }: PlacedLine): number {
  return (label === "" ? 0 : label.length + 1) + text.length + (tag === "" ? 0 : tag.length + 1);
}

function linesOf(row: BoxRow, chars: number): PlacedLine[] {
  const lead = row.label === "" ? 0 : row.label.length + 1;
  const room = chars - lead - (row.tag === "" ? 0 : row.tag.length + 1);
  const [first, ...more] = wrapText(row.text, Math.max(8, room));
  const remarks = row.remark === "" ? [] : wrapText(row.remark, chars - 2);
  const below = (text: string, isRemark: boolean) => ({ row, isRemark, label: "", text: `  ${text}`, tag: "" });
  return [
    { row, isRemark: false, label: row.label, text: first ?? "", tag: row.tag },
    ...more.map((text) => below(text, false)),
    ...remarks.map((text) => below(text, true)),
  ].map((line, part) => ({ ...line, part }));
}

/** Words in lines of at most `chars`; a longer word is cut. */
export function wrapText(text: string, chars: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > chars) {
      lines.push(line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
    for (; line.length > chars; line = line.slice(chars)) lines.push(line.slice(0, chars));
  }
  return [...lines, line];
}
