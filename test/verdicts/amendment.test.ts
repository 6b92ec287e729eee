import { describe, expect, it } from "vitest";
import type { Entry } from "../../corpus/entry.js";
import { replayEntry } from "../../corpus/replay.js";
import { CorpusStore } from "../../corpus/store.js";
import { owesText } from "../../report/words.js";
import { packageRoot } from "../../rules/home.js";
import { smallestAmendment } from "../../verdicts/amendment.js";
import { withStages } from "../../verdicts/rows.js";

const { entries } = new CorpusStore(`${packageRoot()}/corpus`).list();
const entryOf = (claim: string): Entry => entries.find((entry) => entry.claim === claim)!;

/** Row, what it owes, what it would have to. */
const MENDED: readonly (readonly [string, string, string, string])[] = [
  ["T5c.riscv", "gain-elided", "none", "iotlb, fence"],
  ["T14.leaf", "table-as-leaf", "stage1+iotlb, fence", "walk+stage1+iotlb, fence"],
  [
    "RV1.published",
    "pc-published",
    "pasid, fence, walk+stage1+iotlb (all pages, none global), fence",
    "pasid, fence, walk+stage1+iotlb (all pages, global too), fence",
  ],
  ["AT1", "device-first", "device-tlb, fence, stage1+iotlb, fence", "stage1+iotlb, fence, device-tlb, fence"],
  [
    "SM4",
    "tlbi-first",
    "walk+stage1+iotlb (all pages), fence, pasid, fence",
    "pasid, fence, walk+stage1+iotlb (all pages), fence",
  ],
];

describe("the smallest change that prevents a counterexample", () => {
  for (const [claim, id, owes, instead] of MENDED) {
    it(`of ${claim} is in row ${id}, and the sequence breaks nothing under it`, async () => {
      const entry = entryOf(claim);
      const amendment = (await smallestAmendment(entry))!;
      expect(amendment.row.id).toBe(id);
      expect([owesText(amendment.row.stages), owesText(amendment.owes)]).toEqual([owes, instead]);
      const contract = withStages(entry.contract, amendment.row, amendment.owes);
      expect(replayEntry(entry, { architecture: entry.architecture, contract }).failure).toBeNull();
    });
  }

  it("is none where what is owed has no part in it: a strategy that is no cache, a change without a rule", async () => {
    expect(await smallestAmendment(entryOf("T1"))).toBeNull();
    expect(await smallestAmendment(entryOf("T3"))).toBeNull();
    expect(await smallestAmendment(entryOf("T16.deaf"))).toBeNull();
  });

  it("is none for what a target did", async () => {
    expect(await smallestAmendment(entries.find(({ target }) => target !== undefined)!)).toBeNull();
  });
});
