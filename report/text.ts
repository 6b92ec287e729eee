/**
 * Plain text in a given width: wrapped paragraphs, tables, ASCII.
 *
 * Widths are in characters; tables never draw lines, since a quoted mail breaks them. Words longer than their line stay
 * whole in a paragraph and are cut in a table.
 */

export interface Column {
  title: string;
  align?: "right";
  /** Its cells may be broken into several lines at spaces. */
  wraps?: boolean;
}

const GAP = "  ";
/** A column that wraps is not made narrower than this. */
const NARROWEST = 6;

/** `text` in lines of at most `width`; all but the first begin with `indent`. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").filter((part) => part !== "")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && longer.length > width) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = longer;
  }
  return [...lines, line];
}

/** The first line begins with `lead`, the others with as many blanks. */
export function wrapAfter(lead: string, text: string, width: number): string[] {
  const blank = " ".repeat(lead.length);
  return wrap(text, width - lead.length).map((line, at) => `${at === 0 ? lead : blank}${line}`.trimEnd());
}

/** A table with its titles; columns that wrap give way until it fits into `width`. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columnWidths(columns, rows, width);
  return [columns.map((column) => column.title), ...rows].flatMap((row) => rowLines(columns, row, widths));
}

function columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): number[] {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, row[at]!.length), title.length),
  );
  const room = width - GAP.length * (columns.length - 1);
  for (let excess = sum(widths) - room; excess > 0; excess--) {
    const shrinkable = widths.map((value, at) => (columns[at]!.wraps === true && value > NARROWEST ? value : 0));
    const widest = Math.max(...shrinkable);
    if (widest === 0) break;
    widths[shrinkable.indexOf(widest)]!--;
  }
  return widths;
}

function rowLines(columns: readonly Column[], row: readonly string[], widths: readonly number[]): string[] {
  const cells = row.map((cell, at) => wrap(cell, widths[at]!).flatMap((line) => cut(line, widths[at]!)));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((lines, at) => {
        const text = lines[line] ?? "";
        return columns[at]!.align === "right" ? text.padStart(widths[at]!) : text.padEnd(widths[at]!);
      })
      .join(GAP)
      .trimEnd(),
  );
}

function cut(line: string, width: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at === 0 || at < line.length; at += width) parts.push(line.slice(at, at + width));
  return parts;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const ASCII: Readonly<Record<string, string>> = {
  "§": "section ",
  "–": "-",
  "—": "-",
  "‘": "'",
  "’": "'",
  "“": '"',
  "”": '"',
  "…": "...",
  "→": "->",
  "×": "x",
  "≤": "<=",
  "≥": ">=",
  "\u00a0": " ",
};

/** The same text in printable ASCII: letters lose their accents, what has no likeness becomes `?`. */
export function ascii(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/gu, (sign) => ASCII[sign] ?? sign)
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .replace(/[^\x20-\x7e]/gu, (sign) => (/\s/u.test(sign) ? " " : "?"));
}
