import { describe, expect, it } from "vitest";
import { type Command, encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { InProcessTarget, type Tables } from "../../targets/in-process.js";
import { builtIn, machineOf } from "../models/brute/runs.js";

const geometry = geometryOf("2x4");
const INFO = { name: "own", version: "0", architecture: "tiny", geometry: "2x4" };

/** Runs a text; `look` sees the tables after each command. */
function run(text: string, look: (tables: Tables, command: Command) => void, answer: () => number | "fault" = () => 8) {
  const machine = machineOf(builtIn("tiny"), geometry);
  machine.reset();
  let tables: Tables | undefined;
  const target = new InProcessTarget(INFO, (given) => {
    tables = given;
    return { step: (command) => look(given, command), translate: answer };
  });
  const sent = target.begin(machine);
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(text);
  const sequence = encodeAll(parsed.commands);
  parsed.commands.forEach((_, at) => {
    machine.step(sequence, at);
    sent.step(sequence, at);
  });
  sent.send();
  return { ...sent.finish(), tables: tables! };
}

describe("a strategy in this process", () => {
  it("sees the tables as they are after the command", () => {
    const seen: unknown[] = [];
    const { tables } = run("w g4[0]=leaf g9 r; s2 d0 g9=h42 r; ctx c1=-; inv iotlb all; fence", (now, { kind }) => {
      seen.push([kind, now.stage1(0, 0)?.guest, now.stage2(0, 9)?.host, now.context(1)?.root]);
    });
    expect(seen).toEqual([
      ["write", 9, 9, 3],
      ["stage2", 9, 42, 3],
      ["context", 9, 42, undefined],
      ["invalidate", 9, 42, undefined],
      ["fence", 9, 42, undefined],
    ]);
    expect(tables.stage1(0, 0)).toEqual({ guest: 9, permission: 1, global: false });
    expect(tables.stage2(0, 9)).toEqual({ host: 42, permission: 1 });
    expect(tables.context(0)).toEqual({ vm: 0, domain: 0, process: 0, root: 2 });
    expect([tables.contexts, tables.iovaPages.length, tables.guestPages]).toEqual([3, 16, 16]);
  });

  it("has null for what is not there", () => {
    const { tables } = run("w g4[1]=bad; s2 d0 g3=-", () => {});
    expect([tables.stage1(0, 1), tables.stage1(0, 99), tables.stage1(9, 0)]).toEqual([null, null, null]);
    expect([tables.stage2(0, 3), tables.stage2(9, 0), tables.stage2(0, 99), tables.stage2(0, -1)]).toEqual(
      Array(4).fill(null),
    );
    expect(tables.context(9)).toBe(null);
  });

  it("is asked for DMA alone, and is not told of it", () => {
    const told: string[] = [];
    const { outcomes, trouble } = run("dma r c0 i0; fence; dma w c0 i1", (_, { kind }) => told.push(kind));
    expect([outcomes, trouble, told]).toEqual([[8, 8], null, ["fence"]]);
  });

  it("ends at what it throws, with the step", () => {
    const thrown = run(
      "fence; dma r c0 i0; dma r c0 i0",
      () => {},
      () => {
        throw new RangeError("far");
      },
    );
    expect([thrown.trouble, thrown.outcomes]).toEqual([{ step: 1, what: "threw RangeError: far" }, []]);
  });
});
