import { checkContract, checkStrategy, mailText } from "nestfuzz";
import { describe, expect, it } from "vitest";
import { lazyShadow } from "./strategy.js";

const options = { contract: "tiny", commands: 2_000 };

describe("a lazy shadow", () => {
  it("is a legal cache where it hears every invalidation and keeps no absence", async () => {
    const { findings, stale } = await checkStrategy(lazyShadow({ hears: () => true, keepsAbsence: false }), options);
    expect(findings.map((finding) => mailText(finding))).toEqual([]);
    // Some answers were stale, as they may be: it does cache.
    expect(stale).toBeGreaterThan(0);
  });

  it("is none where it remembers that there was no translation: nothing is owed for a new one", async () => {
    const { findings } = await checkStrategy(lazyShadow({ hears: () => true, keepsAbsence: true }), options);
    expect(findings.map(({ failure }) => failure.severity)).toContain("spurious-fault");
  });

  it("is none where it does not hear a command with the leaf hint", async () => {
    const deaf = lazyShadow({
      hears: (command) => command.kind === "invalidate" && command.leaf === 0,
      keepsAbsence: false,
    });
    const { findings } = await checkStrategy(deaf, options);
    expect(findings.map(({ failure }) => failure.severity)).toContain("stale-access");
  });
});

describe("a contract of one's own", () => {
  it("has a verdict for every row", async () => {
    const { verdicts } = await checkContract("docs/examples/no-flush-on-unmap.yaml", { commands: 2_000 });
    expect(verdicts.filter(({ word }) => word === "wrong").map(({ row }) => row.id)).toEqual(["s1-leaf"]);
  });
});
