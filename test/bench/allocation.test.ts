import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { allocationOf } from "../../bench/parts/allocation.js";
import { packageRoot } from "../../rules/home.js";

describe("the heap profile", () => {
  it("is told by function, most first, ours apart from the rest", () => {
    const url = pathToFileURL(`${packageRoot()}/dist/models/oracle.js`).href;
    const node = (functionName: string, at: string, selfSize: number, children: object[] = []) => ({
      callFrame: { functionName, url: at, lineNumber: 9, columnNumber: 0, scriptId: "1" },
      selfSize,
      id: 1,
      children,
    });
    const head = node("(root)", "", 0, [node("walk", url, 300, [node("push", "", 100)]), node("walk", url, 700)]);
    const profile = { head, samples: [] } as unknown as Parameters<typeof allocationOf>[0];
    expect(allocationOf(profile, 10)).toEqual({
      commands: 10,
      bytesPerCommand: { ours: 100, others: 10 },
      functions: [
        { place: "models/oracle.js:10", name: "walk", bytesPerCommand: 100 },
        { place: "V8 and Node.js", name: "push", bytesPerCommand: 10 },
      ],
    });
  });
});
