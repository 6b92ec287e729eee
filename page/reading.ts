/**
 * From the text of the editor to what is run, or to what is wrong with it and where.
 *
 * The commands are read here; what the header means is asked for outside, since rules are files. A mail can be pasted:
 * its first sequence counts.
 */

import {
  type ExtractedSequence,
  HEADER_KEYS,
  placeIn,
  printCommand,
  printSequence,
  readMail,
  type SequenceHeader,
} from "../commands/language.js";
import type { Setting } from "../corpus/entry.js";
import type { Rules, TextError } from "../report/page.js";

export type Reading =
  | { kind: "setting"; setting: Setting }
  | { kind: "errors"; errors: TextError[] }
  /** The rules of this header are to be found out first; `placeOf` tells where its lines stand in the text. */
  | { kind: "rules"; header: string; placeOf: (line: number) => Pick<TextError, "line" | "column"> };

/** Steps that a page has room for. */
export const MOST_STEPS = 500;

/** `rulesOf`: the rules of a header as it is printed, where they are known already. */
export function readText(text: string, rulesOf: (header: string) => Rules | undefined): Reading {
  let unknown: Reading | undefined;
  const known = (header: SequenceHeader, source: ExtractedSequence): Rules | undefined => {
    const printed = headerText(header);
    const rules = rulesOf(printed);
    unknown ??=
      rules === undefined ? { kind: "rules", header: printed, placeOf: placesIn(printed, source) } : undefined;
    return rules;
  };
  const { sequences, errors } = readMail(text, {
    manualOf: (header, source) => known(header, source)?.architecture ?? { commands: [], fence: "fence" },
  });
  if (unknown !== undefined) return unknown;
  if (errors.length > 0)
    return {
      kind: "errors",
      errors: errors.map(({ line, column, code, message }) => ({ line, column, message: `${code} ${message}` })),
    };
  const { source, parsed } = sequences[0]!;
  const { commands, lines, header } = parsed;
  if (commands.length > MOST_STEPS) {
    const message = `${commands.length} commands; a page has room for ${MOST_STEPS}; take the part that matters`;
    return { kind: "errors", errors: [{ line: lines[MOST_STEPS]!, column: 1, message }] };
  }
  const rules = known(header, source);
  if (rules === undefined) return unknown!;
  return { kind: "setting", setting: { ...rules, commands: commands.map(printCommand) } };
}

/** What decides the rules, as text; a title does not, nor does the id that a sequence had. */
export function headerText({ title, id, target, answers, ...header }: SequenceHeader): string {
  return printSequence({ header, commands: [] });
}

/** Line N of a printed header by its key, and in its place among those of the same key. */
function placesIn(printed: string, source: ExtractedSequence): (line: number) => Pick<TextError, "line" | "column"> {
  const keyOf = (line: string): string | undefined =>
    HEADER_KEYS.find((key) => new RegExp(`^\\s*${key}\\s*:`).test(line));
  const lines = printed.split("\n");
  const rows = source.text.split("\n").map((line, at) => ({
    key: keyOf(line),
    at,
    valueAt: /^[^:]*:\s*/.exec(line)?.[0].length ?? 0,
  }));
  return (line) => {
    const key = keyOf(lines[line - 1] ?? "");
    const before = lines.slice(0, line - 1).filter((one) => keyOf(one) === key).length;
    const row = rows.filter((one) => key !== undefined && one.key === key)[before];
    return placeIn(source, row?.at ?? 0, row?.valueAt ?? 0);
  };
}
