import { describe, expect, it } from "vitest";
import { contradictions, type NightFlags, requestFrom, shardFrom, withDefaults } from "../../cli/nightly-request.js";
import { complaint } from "./run.js";

const FLAGS: NightFlags = { out: "runs", corpus: "corpus", workerTimeout: "60" };

describe("what a night is asked for", () => {
  it("is eight hours where nothing is said", () => {
    expect(withDefaults(requestFrom([], FLAGS))).toMatchObject({ hours: 8, commands: null, seed: null, canary: true });
    expect(withDefaults(requestFrom([], { ...FLAGS, commands: "9" }))).toMatchObject({ hours: null, commands: 9 });
    expect(requestFrom([], { ...FLAGS, hours: "0.5" }).hours).toBe(0.5);
  });

  it.each(["0", "-1", "x", "1h", ""])("refuses %j hours", (hours) => {
    expect(complaint(() => requestFrom([], { ...FLAGS, hours }))).toMatchObject({
      code: 2,
      text: expect.stringMatching(/--hours: .*e\.g\./),
    });
  });

  it("counts shards from 0 or from 1", () => {
    const index = (text: string) => shardFrom(text)!.index;
    expect(["0/3", "1/3", "2/3"].map(index)).toEqual([0, 1, 2]);
    expect(["1/3", "2/3", "3/3"].map(index)).toEqual([1, 2, 0]);
    expect(shardFrom(undefined)).toBeNull();
    for (const text of ["4/3", "1", "1/0", "-1/3", "a/b", "1/2/3"])
      expect(complaint(() => shardFrom(text))).toMatchObject({
        code: 2,
        text: expect.stringMatching(/--shard: .*e\.g\. --shard 1\/4/),
      });
  });

  it("is held against what the run was begun with, as far as it is said again", () => {
    const of = requestFrom(["T1"], { ...FLAGS, seed: "1", commands: "9" });
    expect(contradictions(requestFrom([], FLAGS), of)).toEqual([]);
    expect(contradictions(requestFrom(["T1"], { ...FLAGS, seed: "1", commands: "9" }), of)).toEqual([]);
    expect(contradictions(requestFrom(["T2"], { ...FLAGS, seed: "2", commands: "8" }), of)).toEqual([
      "claims",
      "--seed",
      "--commands",
    ]);
  });
});
