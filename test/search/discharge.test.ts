import { describe, expect, it } from "vitest";
import { decode, STRIDE } from "../../commands/command.js";
import { contractNames, contractUses } from "../../rules/load.js";
import { Discharger } from "../../search/discharge.js";
import { Runner } from "../../search/runner.js";
import { cell, sequence } from "../properties/cells.js";

const CHANGES = [
  "w g4[0]=leaf g9 rw",
  "w g2[0]=-",
  "ctx c0=(v0,d2,p0,g2)",
  "ctx c0=-",
  "s2 d0 g8=h9 rw",
  "s2 d0 g8=super h8 rw",
];

describe("the discharger", () => {
  it("serves every duty of every built-in contract on the units it is for, until none is open", () => {
    for (const contract of contractNames()) {
      const uses = contractUses(contract);
      for (const { name } of uses.ok ? uses.value.architectures : []) {
        const { machine } = new Runner(cell(contract, [], ["envelope"], name));
        const { next } = new Discharger(machine);
        for (const text of CHANGES) {
          machine.reset();
          machine.step(sequence(text), 0);
          const command = new Float64Array(STRIDE);
          for (let choice = 0; machine.ledger.dutyCount(machine.state) > 0 && choice < 200; choice++) {
            expect(next(choice, command), `${contract} on ${name} after ${text}`).toBe(true);
            machine.step(command, 0);
          }
          expect(machine.ledger.dutyCount(machine.state), `${contract} on ${name} after ${text}`).toBe(0);
        }
      }
    }
  });

  it("has nothing to serve when nothing is owed", () => {
    const { machine } = new Runner(cell("tiny", [], ["envelope"]));
    expect(new Discharger(machine).next(0, new Float64Array(STRIDE))).toBe(false);
  });

  it("sends what the host owes as the host", () => {
    const { machine } = new Runner(cell("tiny", [], ["envelope"]));
    machine.step(sequence("s2 d0 g8=-"), 0);
    const command = new Float64Array(STRIDE);
    new Discharger(machine).next(0, command);
    expect(decode(command, 0)).toMatchObject({ kind: "invalidate", host: 1 });
  });
});
