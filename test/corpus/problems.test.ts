/** Every code has a sentence in three parts. */

import { describe, expect, it } from "vitest";
import * as problem from "../../corpus/problems.js";

const ALL = [
  problem.folderUnreadable("ENOENT"),
  problem.fileUnreadable("EISDIR"),
  problem.fileUnwritable("EROFS"),
  problem.notJson("the text ends here"),
  problem.unknownVersion('"x/2"', "x/1"),
  problem.fieldMissing("start"),
  problem.valueUnfit("start", "7", "expected string"),
  problem.fieldUnknown("extra", "the entry"),
  problem.edited("nf-0", "nf-1"),
  problem.misnamed("nf-0.json", "nf-1"),
  problem.unreadableRun("no such geometry"),
  problem.unknownId("nf-2", ["nf-3"]),
  problem.severalIds("nf-", ["nf-3", "nf-4"]),
  problem.notReproducible("gone"),
];

describe("problems of the corpus", () => {
  it("has a sentence for each code, with what was seen, what is known and how to mend it", () => {
    expect(ALL.map(({ code }) => code)).toEqual(Object.keys(problem.CORPUS_CODES));
    for (const { message } of ALL) expect(message.split("; ").length, message).toBeGreaterThanOrEqual(3);
  });

  it("lists a few ids and counts the others", () => {
    const ids = Array.from({ length: 11 }, (_, at) => `nf-${at}`);
    expect(problem.unknownId("zzz", ids).message).toMatch(/known: nf-0, .*nf-7 and 3 more; name one of them/);
    expect(problem.unknownId("zzz", []).message).toMatch(/the corpus is empty/);
  });

  it("prints place and code before the message", () => {
    const one = problem.refuse("a.json", problem.notJson("x"), { line: 3, column: 4 });
    expect(problem.formatCorpusProblem(one)).toMatch(/^a\.json:3:4: NF304 x; /);
  });
});
