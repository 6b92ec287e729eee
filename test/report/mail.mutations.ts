/**
 * What happens to a mail on its way: what mailers do to every mail, and what only accidents do.
 *
 * Each mutation takes the lines of a mail and gives other lines; the number source is seeded, so a failure comes again.
 */

export type Draw = () => number;
export const drawInt = (draw: Draw, below: number): number => Math.floor(draw() * below);
const pick = <T>(draw: Draw, items: readonly T[]): T => items[drawInt(draw, items.length)]!;

export interface Mutation {
  name: string;
  change: (lines: readonly string[], draw: Draw) => string[];
}

const QUOTES = /^(?:[>|] ?)*/;
const prefixOf = (line: string): string => QUOTES.exec(line)![0];

/** Breaks lines at spaces as a mailer does; what the further pieces begin with and the others end in is its habit. */
function wrapped(lines: readonly string[], width: number, style: "bare" | "quoted" | "flowed"): string[] {
  return lines.flatMap((line) => {
    const pieces: string[] = [];
    const prefix = style === "bare" ? "" : prefixOf(line);
    let rest = line;
    while (rest.length > width) {
      const at = rest.lastIndexOf(" ", width);
      if (at <= prefixOf(rest).length) break;
      pieces.push(`${rest.slice(0, at)}${style === "flowed" ? " " : ""}`);
      rest = prefix + rest.slice(at + 1);
    }
    return [...pieces, rest];
  });
}

const REMARKS = [
  "I do not think so.",
  "+1",
  "fence",
  "w g4[0]=-",
  "[...]",
  "title: really?",
  "why 72 columns; not 80?",
];

/** A remark of somebody who answers between the lines, with or without empty lines around it. */
function remarked(lines: readonly string[], draw: Draw): string[] {
  const at = drawInt(draw, lines.length);
  const remark = pick(draw, REMARKS);
  return [...lines.slice(0, at), "", remark, "", ...lines.slice(at)];
}

const quoted =
  (mark: string) =>
  (lines: readonly string[]): string[] =>
    lines.map((line) => (/^[>|]/.test(line) ? `${mark.trim()}${line}` : `${mark}${line}`));

/** What mailers do: the meaning is the same after any number of them, in the order in which it happens to a mail. */
export const HARMLESS: readonly (readonly Mutation[])[] = [
  [
    { name: "as it is", change: (lines) => [...lines] },
    { name: "wrapped at 72", change: (lines) => wrapped(lines, 72, "quoted") },
    { name: "wrapped at 60", change: (lines) => wrapped(lines, 60, "quoted") },
    { name: "flowed", change: (lines) => wrapped(lines, 66, "flowed") },
    { name: "an empty line behind each", change: (lines) => lines.flatMap((line) => [line, ""]) },
  ],
  [
    { name: "as it is", change: (lines) => [...lines] },
    { name: "quoted", change: quoted("> ") },
    { name: "quoted twice", change: (lines) => quoted("> ")(quoted("> ")(lines)) },
    { name: "quoted three times", change: (lines) => quoted("> ")(quoted("> ")(quoted("> ")(lines))) },
    { name: "quoted with a bar", change: quoted("| ") },
    { name: "quoted without a space", change: quoted(">") },
  ],
  [
    { name: "as it is", change: (lines) => [...lines] },
    { name: "wrapped at 76, the quote again", change: (lines) => wrapped(lines, 76, "quoted") },
    { name: "wrapped at 72, the quote again", change: (lines) => wrapped(lines, 72, "quoted") },
    { name: "wrapped at 60, the quote again", change: (lines) => wrapped(lines, 60, "quoted") },
    { name: "wrapped at 72 without the quote", change: (lines) => wrapped(lines, 72, "bare") },
    {
      name: "answered between the lines",
      change: (lines, draw) => (lines.every((line) => /^[>|]/.test(line)) ? remarked(lines, draw) : [...lines]),
    },
  ],
  [
    { name: "as it is", change: (lines) => [...lines] },
    { name: "trailing spaces stripped", change: (lines) => lines.map((line) => line.trimEnd()) },
    { name: "trailing spaces added", change: (lines) => lines.map((line) => `${line}  `) },
    { name: "tabs for spaces", change: (lines) => lines.map((line) => line.replace(/ +/g, "\t")) },
    { name: "CRLF", change: (lines) => lines.map((line) => `${line}\r`) },
    { name: "an indent", change: (lines) => lines.map((line) => `    ${line}`) },
  ],
];

const SIGNS = "abcdfghinrsw0123456789[]=->+,;:# ()ABF\u00e9\u0000\t";

const atLine =
  (change: (line: string, draw: Draw) => string[]) =>
  (lines: readonly string[], draw: Draw): string[] => {
    const at = drawInt(draw, lines.length);
    return [...lines.slice(0, at), ...change(lines[at]!, draw), ...lines.slice(at + 1)];
  };

/** What accidents and hands do: the sequence is still read right, or refused with a line. */
export const HARMFUL: readonly Mutation[] = [
  { name: "a line dropped", change: atLine(() => []) },
  { name: "a line twice", change: atLine((line) => [line, line]) },
  {
    name: "two lines swapped",
    change: (lines, draw) => {
      const [a, b] = [drawInt(draw, lines.length), drawInt(draw, lines.length)];
      return lines.map((line, at) => (at === a ? lines[b]! : at === b ? lines[a]! : line));
    },
  },
  {
    name: "a sign changed",
    change: atLine((line, draw) => {
      const at = drawInt(draw, line.length);
      return [line.slice(0, at) + pick(draw, [...SIGNS]) + line.slice(at + 1)];
    }),
  },
  {
    name: "a sign lost",
    change: atLine((line, draw) => {
      const at = drawInt(draw, line.length);
      return [line.slice(0, at) + line.slice(at + 1)];
    }),
  },
  {
    name: "a digit changed",
    change: atLine((line, draw) => [line.replace(/[0-9]/, () => `${drawInt(draw, 10)}`)]),
  },
  {
    name: "a line broken in a word",
    change: atLine((line, draw) => {
      const at = drawInt(draw, line.length + 1);
      return [line.slice(0, at), line.slice(at)];
    }),
  },
  { name: "cut off", change: (lines, draw) => lines.slice(0, 1 + drawInt(draw, lines.length)) },
  { name: "its head cut off", change: (lines, draw) => lines.slice(drawInt(draw, lines.length)) },
  { name: "a remark", change: remarked },
  { name: "a quote lost", change: atLine((line) => [line.replace(/^[>|] ?/, "")]) },
  { name: "a line quoted again", change: atLine((line) => [`> ${line}`]) },
  { name: "capitals", change: atLine((line) => [line.toUpperCase()]) },
  { name: "long dashes", change: (lines) => lines.map((line) => line.replaceAll("--", "\u2014")) },
  { name: "no empty lines", change: (lines) => lines.filter((line) => line.trim() !== "") },
  { name: "runs of spaces lost", change: (lines) => lines.map((line) => line.replace(/ +/g, "")) },
];
