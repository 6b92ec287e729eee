import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { profileOf } from "../../bench/parts/profile.js";
import { packageRoot } from "../../rules/home.js";

describe("the profile", () => {
  it("is told by room and by function, most first, without what was idle", () => {
    const urlOf = (file: string): string => pathToFileURL(`${packageRoot()}/${file}`).href;
    const node = (functionName: string, url: string, hitCount: number) => ({
      id: 1,
      callFrame: { functionName, url, lineNumber: 9, columnNumber: 0, scriptId: "1" },
      hitCount,
    });
    const nodes = [
      node("walk", urlOf("dist/models/oracle.js"), 30),
      node("walk", urlOf("dist/models/oracle.js"), 30),
      node("", urlOf("dist/models/ledger.js"), 20),
      node("next", urlOf("node_modules/fast-check/lib/a.js"), 15),
      node("(garbage collector)", "", 5),
      node("(idle)", "", 500),
    ];
    expect(profileOf({ nodes })).toEqual({
      rooms: [
        { name: "models", share: 0.8 },
        { name: "fast-check", share: 0.15 },
        { name: "V8 and Node.js", share: 0.05 },
      ],
      functions: [
        { name: "walk  models/oracle.js:10", share: 0.6 },
        { name: "(anonymous)  models/ledger.js:10", share: 0.2 },
        { name: "next  fast-check:10", share: 0.15 },
        { name: "(garbage collector)  V8 and Node.js:10", share: 0.05 },
      ],
    });
  });
});
