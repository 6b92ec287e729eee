/** Reading a manual's words is the inverse of writing them, and mistakes in them are said at their place. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CommandOf, encodeAll, NO_DOMAIN } from "../../commands/command.js";
import { parseSequence } from "../../commands/language.js";
import { manualText } from "../../commands/manual.js";
import { geometryOf } from "../../models/geometry.js";
import { Layout } from "../../models/layout.js";
import { Queue } from "../../models/queue.js";
import { Unit } from "../../models/unit.js";
import { architectureNames, loadArchitecture } from "../../rules/load.js";
import type { Architecture } from "../../rules/vocabulary.js";

function architecture(name: string): Architecture {
  const loaded = loadArchitecture(name);
  if (!loaded.ok) throw new Error(name);
  return loaded.value;
}
const withOperands = architectureNames()
  .map(architecture)
  .filter(({ commands }) => commands.some(({ manual }) => manual.includes("{")));

function read(text: string, unit: Architecture) {
  return parseSequence(text, () => unit);
}

const invalidation = fc.record({
  kind: fc.constant("invalidate" as const),
  invalidation: fc.nat(4),
  host: fc.nat(1),
  domain: fc.integer({ min: NO_DOMAIN, max: 3 }),
  process: fc.integer({ min: -1, max: 3 }),
  requester: fc.integer({ min: -1, max: 2 }),
  requesterMask: fc.nat(1),
  form: fc.nat(2),
  base: fc.nat(31),
  size: fc.integer({ min: 1, max: 5 }),
  leaf: fc.nat(1),
  level: fc.nat(3),
}) as fc.Arbitrary<CommandOf<"invalidate">>;

describe("an invalidation in the words of a manual", () => {
  it.each(withOperands.map((unit) => [unit.name, unit] as const))("of %s is read as it was written", (_, unit) => {
    const geometry = geometryOf("3x4");
    const queue = new Queue(new Layout(), new Unit(unit, geometry));
    const pages = (command: CommandOf<"invalidate">) => {
      const { first, last, hasAddress } = queue.preview(encodeAll([command]), 0);
      return { hasAddress, first, last };
    };
    fc.assert(
      fc.property(invalidation, (command) => {
        const text = manualText(unit.commands, command);
        if (text === undefined) return;
        const parsed = read(`${command.host === 1 ? "host" : "guest"} ${text}`, unit);
        if (!parsed.ok) throw new Error(`${text}: ${parsed.errors[0]!.message}`);
        const back = parsed.commands[0] as CommandOf<"invalidate">;
        expect(manualText(unit.commands, back)).toBe(text);
        expect(back.host).toBe(command.host);
        // Every page that was sent is meant again; what a form has no word for is not sent.
        if (back.form !== 0) expect(pages(back)).toEqual(pages(command));
      }),
      { numRuns: 400 },
    );
  });

  it("stands beside other commands, after the header that names the architecture", () => {
    const asked: unknown[] = [];
    const parsed = parseSequence(
      "architecture: riscv\n\nw g4[0]=-; IOTINVAL.VMA GV=1 GSCID=0 PSCV=0 AV=0; IOFENCE.C",
      (header) => {
        asked.push(header.architecture);
        return architecture("riscv");
      },
    );
    expect(parsed).toMatchObject({
      ok: true,
      commands: [{ kind: "write" }, { domain: 0, form: 0 }, { kind: "fence" }],
    });
    expect(asked).toEqual(["riscv"]);
  });

  it.each([
    ["IOTINVAL.VMA GV=0 GSCID=3 PSCV=0 AV=0", { domain: -1 }],
    ["IOTINVAL.VMA GV=1 GSCID=3 PSCV=0 AV=0 ADDR=0x4000", { domain: 3, form: 0 }],
    ["IOTINVAL.VMA ADDR=16384 AV=1 PSCV=0 GV=0", { form: 1, base: 4, size: 1 }],
    ["IOTINVAL.GVMA GV=0 AV=0", { host: 1, domain: -1 }],
  ])("ignores what is said not to be given: %s", (text, expected) => {
    const parsed = read(text, architecture("riscv"));
    expect(parsed).toMatchObject({ ok: true, commands: [expected] });
  });

  it.each([
    ["IOTINVAL.VMA GV=1 AV", 19, "NF203", "NAME=VALUE"],
    ["IOTINVAL.VMA GV=1 GV=1 PSCV=0 AV=0", 19, "NF207", "second time"],
    ["IOTINVAL.VMA GV=1 PSCV=0", 1, "NF203", "of no form"],
    ["IOTINVAL.VMA GV=1 GSCID=x PSCV=0 AV=0", 25, "NF203", "a number is due"],
    ["IOTINVAL.VMA GV=0 PSCV=0 AV=1 ADDR=0x4001", 36, "NF205", "multiples of 0x1000"],
    ["IOTINVAL.VMA GV=1 GSCID=99999999 PSCV=0 AV=0", 25, "NF205", "too large"],
    ["IOTINVAL.VNA GV=1", 1, "NF201", "unknown command"],
  ])("%s is refused at column %i", (text, column, code, part) => {
    const parsed = read(text, architecture("riscv"));
    if (parsed.ok) throw new Error(text);
    expect(parsed.errors[0]).toMatchObject({ line: 1, column, code });
    expect(parsed.errors[0]!.message).toContain(part);
  });
});
