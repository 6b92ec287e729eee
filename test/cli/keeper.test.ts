import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseCells } from "../../cli/cells.js";
import { Keeper } from "../../cli/keeper.js";
import { corpusAt } from "../../cli/stores.js";
import type { Entry } from "../../corpus/entry.js";
import { runCampaign } from "../../verdicts/campaign.js";
import { captured, Place } from "./run.js";

const place = new Place();
let entry: Entry;
beforeAll(async () => {
  const [cell] = chooseCells([], { contract: "never" });
  entry = (await runCampaign(cell!, { seed: "1", commands: 1000 })).entry!;
});
afterAll(() => place.remove());

const at = (folder: string): Keeper => new Keeper(corpusAt(path.join(place.folder, folder)));

describe("the keeper", () => {
  it("writes an entry at once, and says the same of it when it is there already", () => {
    const first = at("a/b");
    first.keep(entry);
    first.keep(entry);
    expect(place.names("a/b")).toEqual([`${entry.id}.json`]);
    expect(first.lines()).toEqual([expect.stringMatching(`^counterexample ${entry.id}: nestfuzz show ${entry.id}`)]);
    const second = at("a/b");
    second.keep({ ...entry, found: { ...entry.found, seed: "2" } });
    expect(second.lines()).toEqual(first.lines());
    expect(second.hasFailed).toBe(false);
  });

  it("complains of what it cannot write, and has the mail form in its place", () => {
    place.file("file", "");
    const err = captured("stderr");
    const keeper = at("file");
    keeper.keep(entry);
    err.release();
    expect(keeper.hasFailed).toBe(true);
    expect(err.text()).toMatch(/: NF303 the counterexample cannot be written \((EEXIST|ENOTDIR)\)/);
    expect(keeper.lines()).toEqual([
      expect.stringMatching(new RegExp(`^not kept:\n\n${entry.id}: (.*\n)*-->8-- [0-9]+ steps?, check [0-9A-F]{8}\n$`)),
    ]);
  });
});
