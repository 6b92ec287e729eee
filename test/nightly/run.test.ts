import { existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import path from "node:path";
import seedrandom from "seedrandom";
import { describe, expect, it, vi } from "vitest";
import { readEntry } from "../../corpus/read.js";
import { journalFile } from "../../nightly/journal.js";
import { removeLeftovers } from "../../nightly/outputs.js";
import { findingsFolder } from "../../nightly/run.js";
import { effort } from "../effort.js";
import { lasting, night, temporary, work } from "./night.js";

const WHAT = { claims: ["T1", "T2", "T6a", "T10.shadow-clear"], commands: 7000 };
/** A hundred slices and more that each soon end with a finding. */
const MANY = { claims: ["T4.new", "T6a", "T10.shadow-clear", "T12.shadow"], commands: 10_500_000 };

/** Name and bytes of all that was found. */
function findings(out: string): string[] {
  const folder = findingsFolder(out);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(path.join(folder, name), "utf8")}`);
}

class Killed extends Error {}

describe("a night", () => {
  it("is the same on any number of workers, whoever is done first", async () => {
    const one = await night({ ...WHAT, lanes: 1 });
    const random = seedrandom("order");
    const slow = async (...args: Parameters<typeof work>) => {
      const outcome = await work(...args);
      const turns = Math.floor(random() * 20);
      for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
      return outcome;
    };
    const many = await night({ ...WHAT, lanes: 5, work: slow });
    expect(lasting(many.summary)).toEqual(lasting(one.summary));
    expect(findings(many.out)).toEqual(findings(one.out));
    expect(findings(one.out).length).toBeGreaterThan(2);
  });

  it("killed 200 times at any moment ends as an undisturbed one: nothing is lost, torn or there twice", async () => {
    const whole = await night(MANY);
    const out = temporary();
    const random = seedrandom("kills");
    const kills = effort(200);
    const read = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const last = Math.floor(random() * 2);
      const dies = async (task: Parameters<typeof work>[0], nth: number) => {
        if (nth >= last) throw new Killed();
        return work(task);
      };
      await night({ ...MANY, out, lanes: 2, work: dies }).catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      disturb(out, random);
      removeLeftovers(out);
      removeLeftovers(findingsFolder(out));
      for (const text of findings(out).filter((one) => !read.has(one))) {
        read.add(text);
        const [name, ...rest] = text.split(" ");
        expect(readEntry(rest.join(" "), name!).ok, name).toBe(true);
      }
    }
    const ended = await night({ ...MANY, out });
    expect(lasting(ended.summary)).toEqual(lasting(whole.summary));
    expect(findings(out)).toEqual(findings(whole.out));
  });

  it("gives up a slice that ends two workers, says so and how to repeat it, and tries it again when gone on with", async () => {
    const hangs = async (task: Parameters<typeof work>[0]) =>
      task.cell.id === "T2" && task.seed === "1/1" ? { kind: "trouble" as const, what: "hung" } : work(task);
    const { summary, out } = await night({ claims: ["T2", "T6"], commands: 9000, work: hangs });
    expect(summary.green).toBe(false);
    expect(summary.trouble).toEqual([
      { cell: "T2", what: "hung in slice 1, twice", repeat: expect.stringMatching(/^nestfuzz fuzz T2 --seed 1\/1 /) },
    ]);
    expect(summary.cells[0]!.slices).toBeGreaterThan(1);
    const again = await night({ claims: ["T2", "T6"], commands: 9000, out });
    const undisturbed = await night({ claims: ["T2", "T6"], commands: 9000 });
    expect(lasting(again.summary)).toEqual(lasting(undisturbed.summary));
    expect(again.summary.green).toBe(true);
  });

  it("that was stopped keeps what it has, is red for that, and ends as if it had not been", async () => {
    let asked = 0;
    const first = await night({ ...WHAT, isStopped: () => asked++ > 6 });
    expect(first.summary.stopped).toBe(true);
    expect(first.summary.red).toContain("stopped before its budget was spent");
    expect(first.summary.totals.slices).toBeGreaterThan(0);
    const second = await night({ ...WHAT, out: first.out });
    expect(second.summary.stopped).toBe(false);
    expect(lasting(second.summary)).toEqual(lasting((await night(WHAT)).summary));
    // There is nothing left to do for a third.
    let count = 0;
    const third = await night({ ...WHAT, out: first.out, work: (task) => work(task).finally(() => count++) });
    expect(count).toBe(0);
    expect(lasting(third.summary)).toEqual(lasting(second.summary));
  });

  it("ends when its time is over, however the day's clock jumps meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["Date", "hrtime"], now: new Date("2026-01-01") });
    try {
      const hours = 10 / 60;
      const minutes = (days: readonly number[]) => {
        return async (task: Parameters<typeof work>[0], nth: number) => {
          vi.advanceTimersByTime(60_000);
          vi.setSystemTime(Date.now() + days[nth % days.length]! * 86_400_000);
          return work(task);
        };
      };
      const even = await night({ claims: ["T6a"], hours, lanes: 1, work: minutes([0]) });
      // A year on, two years back, and so forth: a deadline in days of the calendar would come at once, or never.
      const jumping = await night({ claims: ["T6a"], hours, lanes: 1, work: minutes([365, -730]) });
      expect(jumping.summary).toMatchObject({ stopped: false, totals: { slices: 10 } });
      expect(lasting(jumping.summary)).toEqual(lasting(even.summary));
      expect(jumping.summary.machine.course.commands).toEqual(even.summary.machine.course.commands);
    } finally {
      vi.useRealTimers();
    }
  });

  it("by the clock ends between slices, all of which count", async () => {
    const { summary } = await night({ claims: ["T2", "T6"], hours: 1e-4 });
    expect(summary.stopped).toBe(false);
    expect(summary.totals.slices).toBeGreaterThan(0);
    expect(summary.budget).toEqual({ commands: null, hours: 1e-4 });
  });
});

/** What a kill may leave: a torn last line, files that were not renamed yet. */
function disturb(out: string, random: () => number): void {
  const file = journalFile(out);
  const text = readFileSync(file, "utf8");
  const last = text.lastIndexOf("\n", text.length - 2) + 1;
  // The plan is written beside its place and renamed: it is there whole.
  if (last > 0 && random() < 0.5) truncateSync(file, last + Math.floor(random() * (statSync(file).size - last)));
  if (random() < 0.3) writeFileSync(`${file}.${Math.floor(random() * 1e9)}`, "half of");
  const folder = findingsFolder(out);
  if (existsSync(folder) && random() < 0.3) writeFileSync(path.join(folder, "nf-0123456789ab.json.4711"), "{");
}
