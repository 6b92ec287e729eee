/** Whether a counterexample still does what it says. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { entryId } from "../../corpus/identity.js";
import { canonicalJson } from "../../corpus/json.js";
import { replayEntry, replayedText, verifyAll } from "../../corpus/replay.js";
import { CorpusStore } from "../../corpus/store.js";
import { cellOf, entryOf, FAILURES } from "./failures.js";

const entry = entryOf(FAILURES[0]!.text, FAILURES[0]!.cell());
const sound = cellOf({ under: "tiny" }).contract;

describe("replayEntry", () => {
  it.each(FAILURES)("finds $name again, exactly", ({ text, cell }) => {
    const one = entryOf(text, cell());
    expect(replayEntry(one)).toEqual({ verdict: "same", details: [], failure: one.failure });
  });

  it("says gone when the rules in the entry are changed for sound ones", () => {
    expect(replayEntry({ ...entry, contract: sound })).toEqual({
      verdict: "gone",
      details: ["no property is broken in 2 steps"],
      failure: null,
    });
  });

  it("tells what other rules make of it, without touching the entry", () => {
    expect(replayEntry(entry, { architecture: entry.architecture, contract: sound }).verdict).toBe("gone");
    expect(replayEntry(entry).verdict).toBe("same");
  });

  it("says what differs: step, request and both outcomes", () => {
    const { failure } = entry;
    const other: Entry = {
      ...entry,
      commands: ["dma r c0 i0", "fence", "w g4[0]=leaf g9 rw"],
      failure: { ...failure, expected: { outcome: -4, text: "" }, request: { context: 1, iova: 0, access: "w" } },
    };
    expect(replayEntry(other)).toMatchObject({
      verdict: "different",
      details: ["step was 2, is 3", "request was w c1 i0, is r c0 i0", "expected outcome was fault 4, is h9"],
    });
  });

  it("says gone when the commands cannot be read", () => {
    expect(replayEntry({ ...entry, commands: ["nonsense"] })).toMatchObject({ verdict: "gone" });
  });
});

describe("verifyAll", () => {
  it("replays every entry of a corpus and reports what is none", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "nestfuzz-verify-"));
    const store = new CorpusStore(folder);
    store.save(entry);
    // An entry of rules that were mended: its id is right, its failure is gone.
    const mended = { ...entry, contract: sound };
    const gone = { ...mended, id: entryId(mended) };
    writeFileSync(path.join(folder, `${gone.id}.json`), canonicalJson(gone));
    writeFileSync(path.join(folder, "nf-broken.json"), "");
    const { replayed, problems } = verifyAll(store);
    const verdicts = Object.fromEntries(replayed.map((one) => [one.id, one.replayed.verdict]));
    expect(verdicts).toEqual({ [entry.id]: "same", [gone.id]: "gone" });
    expect(problems.map(({ code }) => code)).toEqual(["NF304"]);
    rmSync(folder, { recursive: true });
  });
});

describe("replayedText", () => {
  it("is one line", () => {
    expect(replayedText("nf-1", replayEntry(entry))).toBe("nf-1 same");
    expect(replayedText("nf-1", replayEntry({ ...entry, contract: sound }))).toBe(
      "nf-1 gone: no property is broken in 2 steps",
    );
  });
});
