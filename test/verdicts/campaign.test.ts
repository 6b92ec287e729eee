import { describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { canonicalJson } from "../../corpus/json.js";
import { replayEntry } from "../../corpus/replay.js";
import { runCampaign } from "../../verdicts/campaign.js";
import { version } from "../../verdicts/version.js";

describe("a campaign", () => {
  it("ends without an entry where nothing is found", async () => {
    const { fuzz, entry } = await runCampaign(cellWith("T2", {}), { seed: "1", commands: 300 });
    expect(entry).toBeNull();
    expect(fuzz.found).toBeNull();
    expect(fuzz.commands).toBeGreaterThanOrEqual(300);
  });

  it("ends at a minimal entry of the cell that replays, and says how it was found", async () => {
    const cell = cellWith("T6a", {});
    const { fuzz, entry } = await runCampaign(cell, { seed: "1", commands: 5000 });
    expect(entry).toMatchObject({
      claim: "T6a",
      contract: cell.contract,
      minimal: { removable: false, lowerable: false },
      found: { seed: "1", run: fuzz.found!.run, version: version(), lengthBefore: fuzz.found!.lengthBefore },
    });
    expect(replayEntry(entry!).verdict).toBe("same");
    expect(entry!.commands.length).toBeLessThanOrEqual(fuzz.found!.lengthBefore);
  });

  it("gives the same entry again, and from other seeds the same counterexample", async () => {
    const run = async (seed: string) => (await runCampaign(cellWith("T1", {}), { seed, commands: 5000 })).entry!;
    expect(canonicalJson(await run("1"))).toBe(canonicalJson(await run("1")));
    const ids = new Set([(await run("1")).id, (await run("2")).id, (await run("3")).id]);
    expect(ids.size).toBe(1);
  });
});
