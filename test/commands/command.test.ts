/** The table of commands: encoding and decoding are inverses for every command that the language can say. */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COMMANDS, decodeAll, encodeAll, STRIDE } from "../../commands/command.js";
import { CANONICAL, commandsOf } from "./language.examples.js";
import { commandArbitrary } from "./language.random.js";

/** Rows with an operand called `kind` cannot be decoded: it overwrites the kind of the command. */
const DECODABLE = new Set<string>(
  COMMANDS.filter(({ operands }) => !operands.some(({ name }: { name: string }) => name === "kind")).map(
    ({ kind }) => kind,
  ),
);

describe("command table", () => {
  it("fits every row into one stride", () => {
    for (const { operands } of COMMANDS) expect(operands.length).toBeLessThan(STRIDE);
  });

  it("decodes what it encoded", () => {
    const examples = Object.entries(CANONICAL).filter(([kind]) => DECODABLE.has(kind));
    const commands = examples.flatMap(([, texts]) => texts.flatMap(commandsOf));
    expect(decodeAll(encodeAll(commands))).toEqual(commands);
    const drawn = commandArbitrary().filter(({ kind }) => DECODABLE.has(kind));
    fc.assert(
      fc.property(fc.array(drawn, { maxLength: 5 }), (list) => {
        expect(decodeAll(encodeAll(list))).toEqual(list);
      }),
      { seed: 1 },
    );
  });
});
