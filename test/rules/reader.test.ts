import { describe, expect, it } from "vitest";
import { formatProblem } from "../../rules/problems.js";
import { isName, Reader } from "../../rules/reader.js";
import { parseYaml } from "../../rules/yaml.js";
import { must } from "./files.js";

const read = (text: string) => new Reader(must(parseYaml({ path: "x", shown: "x" }, text)));
const problems = (reader: Reader) => reader.problems.map(formatProblem);

describe("a reader", () => {
  it("reads on after a misspelt key or word, so that one mistake is one problem", () => {
    const reader = read("queeu: ordered\ncache: wlak\n");
    const fields = reader.mapping(reader.root(), "a test", ["queue", "cache"])!;
    expect(reader.word(fields.get("queue")!.value, "queue", ["ordered"])).toBe("ordered");
    expect(reader.word(fields.get("cache")!.value, "cache", ["walk"])).toBe("walk");
    expect(problems(reader)).toEqual([
      'x:1:1: NF110 unknown key "queeu" in a test; known: queue, cache; did you mean queue?',
      'x:2:8: NF112 unknown cache "wlak"; known: walk; did you mean walk?',
    ]);
  });

  it("does not let a misspelt key replace the right one", () => {
    const reader = read("queue: a\nqueeu: b\n");
    const fields = reader.mapping(reader.root(), "a test", ["queue"])!;
    expect(reader.text(fields.get("queue")!.value, "queue")).toBe("a");
  });

  it("follows an alias, and reports at the alias", () => {
    const reader = read("a: &one 1\nb: *one\n");
    const fields = reader.mapping(reader.root(), "a test")!;
    reader.text(fields.get("b")!.value, "b");
    expect(problems(reader)).toEqual(["x:2:4: NF113 b is the number 1; text is due; put quotes around it"]);
  });

  it("keeps keys of Object.prototype as keys like any other", () => {
    const reader = read("__proto__: { polluted: true }\nconstructor: 1\n");
    const fields = reader.mapping(reader.root(), "a test")!;
    expect([...fields.keys()]).toEqual(["__proto__", "constructor"]);
    expect("polluted" in {}).toBe(false);
  });

  it("marks as broken what it could not read, but not what is missing", () => {
    const reader = read("a: 1\n");
    const missing = reader.watch(() => {
      reader.report(0, { code: "NF111", message: "m" });
      return {};
    });
    const unread = reader.watch(() => {
      reader.text(reader.root(), "a");
      return {};
    });
    expect([missing.broken, unread.broken]).toEqual([undefined, true]);
  });
});

describe("a name", () => {
  it("is letters and digits with single dashes or dots between", () => {
    for (const name of ["a", "T5a.vtd-legacy", "s1-leaf", "x".repeat(60)]) expect(isName(name)).toBe(true);
    for (const name of ["", "1a", "a--b", "a.", "a b", "__proto__", "x".repeat(61), "é"])
      expect(isName(name)).toBe(false);
  });
});
