import { describe, expect, it } from "vitest";
import { Beside, type Row, SHOWN, type Shown, tally } from "../../bench/thread.js";
import { installed } from "../../targets/units.js";

const COMMANDS = 5_000;

function beside<T>(shown: Shown, use: (both: Beside) => T): T | string {
  const found = installed(shown.kind);
  if (!found.ok) return found.detail;
  const both = new Beside(shown, found.binary);
  try {
    return use(both);
  } finally {
    both.close();
  }
}

const text = (rows: readonly Row[]): string =>
  rows
    .map(({ isSettled, target, shadow }) => `${[target, shadow].map(plain).join("/")}${isSettled ? "" : "?"}`)
    .join(" ");
const plain = (outcome: number | null): string => (outcome === null ? "-" : outcome < 0 ? "fault" : `h${outcome}`);

describe("the shadow beside QEMU's VT-d unit in caching mode", () => {
  const expected = [
    "fault/fault h9/fault",
    "fault/fault h9/fault? h9/h9",
    "h8/h8 h8/h8? fault/fault h11/h11",
    "fault/fault h9/fault",
    "h8/h8 h8/h8? h9/h9",
  ];
  SHOWN.forEach((shown, at) => {
    it(`${shown.claim}: ${shown.text}`, ({ skip }) => {
      const rows = beside(shown, (both) => text(both.run(shown.text)));
      if (!installed(shown.kind).ok) return skip(rows);
      expect(rows).toBe(expected[at]);
    });
  });

  for (const [claim, isRight] of [
    ["T1", false],
    ["T2", true],
    ["T6a", false],
  ] as const) {
    it(`${claim}: over ${COMMANDS} commands QEMU is right, the shadow ${isRight ? "too" : "is not"}`, ({ skip }) => {
      const shown = SHOWN.find((one) => one.claim === claim)!;
      const count = beside(shown, (both) => tally(both.fuzz(COMMANDS, 1)));
      if (typeof count === "string") return skip(count);
      expect(count.settled).toBeGreaterThan(500);
      expect(count.target).toBe(0);
      expect(count.shadow === 0).toBe(isRight);
    });
  }
});
