import { beforeAll, describe, expect, it } from "vitest";
import { cellWith } from "../../cli/cells.js";
import { settingFrom, settingWith } from "../../cli/setting.js";
import type { Entry } from "../../corpus/entry.js";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { runCampaign } from "../../verdicts/campaign.js";
import { complaint } from "./run.js";

describe("the setting of a text", () => {
  it("has the documented defaults", () => {
    expect(settingFrom("f", "F", {})).toMatchObject({
      architecture: { name: "tiny" },
      contract: { name: "tiny" },
      strategies: ["hardware", "envelope"],
      properties: PROPERTY_NAMES,
      geometry: "2x4",
      start: "all",
      commands: ["fence"],
    });
  });

  it("takes the header's rules, and flags in place of those they name", () => {
    const text = "contract: riscv flag=1\nstrategies: shadow\nshadow: evicts\nstart: c1\nF";
    expect(settingFrom("f", text, {})).toMatchObject({
      architecture: { name: "riscv" },
      contract: { parameters: { flag: "1" } },
      shadow: { followsStage2: true, evicts: true },
      start: "c1",
    });
    const flagged = settingFrom("f", text, { strategies: "hardware", start: "none", geometry: "3x4" });
    expect(flagged).toMatchObject({ strategies: ["hardware"], start: "none", geometry: "3x4" });
  });

  it("takes a claim's cell with its shadow", () => {
    const { contract, shadow } = settingFrom("f", "claim: T16.deaf\nF", {});
    const cell = cellWith("T16.deaf", {});
    expect({ contract, shadow }).toEqual({ contract: cell.contract, shadow: cell.shadow });
    expect(shadow.followsStage2).toBe(false);
  });

  it("is refused at the line of a mail where the mistake is", () => {
    const mail = "Hi,\n> --8<-- nestfuzz\n>  start :  c9\n> F\n> -->8--\n";
    expect(complaint(() => settingFrom("mail", mail, {})).text).toMatch(/^mail:3:13: start names c9, /);
  });
});

describe("the setting of an entry", () => {
  let entry: Entry;
  beforeAll(async () => {
    entry = (await runCampaign(cellWith("T1", {}), { seed: "1", commands: 1000 })).entry!;
  });

  it("is the entry's, but for what flags name", () => {
    const { commands, contract, architecture } = entry;
    expect(settingWith(entry, { start: "all" })).toMatchObject({ commands, contract, architecture, start: "all" });
    expect(settingWith(entry, { contract: "always" }).contract.name).toBe("always");
    expect(settingWith(entry, { architecture: "vtd-legacy-ats" })).toMatchObject({
      architecture: { name: "vtd-legacy-ats" },
      contract: { name: "vtd-legacy" },
      geometry: entry.geometry,
    });
  });

  it("is refused for a flag that cannot be", () => {
    expect(complaint(() => settingWith(entry, { geometry: "x" })).text).toMatch(/^--geometry: /);
    expect(complaint(() => settingWith(entry, { start: "c8" })).text).toMatch(/^--start: /);
  });
});
