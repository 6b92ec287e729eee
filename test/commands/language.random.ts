/**
 * Random commands and texts for the tests of the language.
 *
 * Commands are drawn from the table in `commands/command.ts`: each operand from the whole range that the language
 * allows, with the sentinels that its place allows. Operands that say nothing are set to what the parser gives them.
 */

import * as fc from "fast-check";
import {
  ANY,
  COMMANDS,
  CONTEXT_STATE,
  type Command,
  ENTRY,
  type Limits,
  NO_DOMAIN,
  type Operand,
  operandLimit,
  RANGE,
} from "../../commands/command.js";

const N = 1_048_576;
const LIMITS: Limits = {
  vms: N,
  contexts: N,
  domains: N,
  processes: N,
  guestPages: N,
  hostPages: N,
  entries: N,
  iovaPages: Number.MAX_SAFE_INTEGER,
  levels: N - 1,
};

type Loose = Record<string, number | string>;

/** Any command whose operands are as the parser leaves them. */
export function commandArbitrary(): fc.Arbitrary<Command> {
  return fc.oneof(
    ...COMMANDS.map((row) => {
      const operands = Object.fromEntries(
        row.operands.map((operand) => [operand.name, operandArbitrary(row.kind, operand)]),
      );
      return fc.record(operands).map((drawn) => canonical({ ...drawn, kind: row.kind }));
    }),
  );
}

/** Small numbers half of the time, so that equal ones meet. */
function operandArbitrary(kind: string, operand: Operand): fc.Arbitrary<number> {
  const largest = operandLimit(operand.type, LIMITS) - 1;
  const number = fc.oneof(
    fc.nat({ max: Math.min(largest, 3) }),
    fc.maxSafeNat().map((drawn) => drawn % (largest + 1)),
  );
  if (kind !== "invalidate") return number;
  if (operand.name === "domain") return fc.oneof(number, fc.constantFrom(ANY, NO_DOMAIN));
  if (operand.name === "process" || operand.name === "requester") return fc.oneof(number, fc.constant(ANY));
  return number;
}

function canonical(drawn: Loose): Command {
  const command = { ...drawn };
  const set = (values: Loose): void => void Object.assign(command, values);
  const noTarget = command.entry === ENTRY.absent || command.entry === ENTRY.malformed;
  if (command.kind === "write" && noTarget) set({ target: 0, permission: 3, global: 0 });
  if (command.kind === "stage2" && noTarget) set({ target: 0, permission: 3 });
  if (command.kind === "context" && command.state !== CONTEXT_STATE.present) {
    set({ vm: 0, domain: 0, process: 0, root: 0 });
  }
  if (command.kind === "invalidate" && command.requester === ANY) set({ requesterMask: 0 });
  if (command.kind === "invalidate" && command.form === RANGE.all) set({ base: 0, size: 0 });
  return command as unknown as Command;
}

/** `text` with white space and remarks between its words, and comments at the ends of its lines. */
export function disturbed(text: string): fc.Arbitrary<string> {
  const words = text.split(/([[\]=,();\n ])/).filter((word) => word !== "");
  const gaps = fc.array(fc.constantFrom("", "", "", " ", "\t", "  "), {
    minLength: words.length,
    maxLength: words.length,
  });
  const remarks = fc.array(fc.constantFrom("", "", "", "", "(x)", " (see #3; then (a) b) "), {
    minLength: words.length,
    maxLength: words.length,
  });
  const ends = fc.constantFrom("\n", "\r\n", " # said\n", ";\n", "\n\n", " ; ; \n");
  return fc.tuple(gaps, remarks, ends).map(([gap, remark, end]) =>
    words
      .map((word, at) => {
        if (word === "\n") return end;
        // A bracket behind `=` would be the tuple of a context, and `+` in square brackets is a symbol without spaces.
        const before = words[at - 1];
        return (before === "=" || before === undefined ? gap[at] : `${gap[at]}${remark[at]}`) + word;
      })
      .join(""),
  );
}
