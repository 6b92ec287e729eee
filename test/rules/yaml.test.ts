import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkFile } from "../../rules/load.js";
import { ALIAS_LIMIT, DEPTH_LIMIT, parseYaml, readYaml, SIZE_LIMIT, TOKEN_LIMIT } from "../../rules/yaml.js";
import { must, problemsOf, write } from "./files.js";

const parse = (text: string) => problemsOf(parseYaml({ path: "x.yaml", shown: "x.yaml" }, text));
const check = (name: string, content: string | Uint8Array) => problemsOf(checkFile(write(name, content)));
const repeat = (text: string, count: number) => text.repeat(count);

describe("a rule file that is no readable text", () => {
  it("is reported when it does not exist", () => {
    expect(problemsOf(checkFile("no/such.yaml"))).toEqual([
      'such.yaml:1:1: NF101 no file "no/such.yaml"; a path is taken from the current directory; check the path',
    ]);
  });

  it("is reported when it is a directory, or a path through a file", () => {
    expect(problemsOf(checkFile("rules"))[0]).toContain('NF102 "rules" is a directory');
    expect(problemsOf(checkFile("package.json/x.yaml"))[0]).toContain("NF101");
  });

  it("is reported when it is no regular file, or has an impossible path", () => {
    expect(problemsOf(checkFile("/dev/null"))[0]).toContain("NF103");
    expect(problemsOf(checkFile("a\0b.yaml"))[0]).toContain("NF103");
  });

  it("is refused above 1 MiB, before it is parsed", () => {
    const file = write("large.yaml", repeat("kind: architecture\n", 280_000));
    expect(problemsOf(checkFile(file))).toEqual([
      `large.yaml:1:1: NF104 5320000 bytes; at most ${SIZE_LIMIT} bytes are read; split the file with extends`,
    ]);
  });

  it("is reported when it is empty, blank, or comments only", () => {
    for (const text of ["", "\n \n", "# kind: contract\n", "---\n", "\uFEFF"]) {
      expect(check("empty.yaml", text)).toEqual([
        "empty.yaml:1:1: NF105 nothing but blanks or comments; a rule file is a mapping that begins with kind:; write one",
      ]);
    }
  });

  it("is reported at the first byte that is not UTF-8", () => {
    const head = Buffer.from("kind: architecture\nname: é");
    const cases: [number[], string][] = [
      [[0xff], "2:8: NF106 byte 0xff"],
      [[0xc3, 0x28], "2:8: NF106 byte 0xc3"],
      [[0xe2, 0x82], "2:8: NF106 byte 0xe2"],
      [[0xf0, 0x9f, 0x98, 0x41], "2:8: NF106 byte 0xf0"],
      [[0xed, 0xa0, 0x80], "2:8: NF106 byte 0xed"],
      [[0x80], "2:8: NF106 byte 0x80"],
    ];
    for (const [bytes, expected] of cases) {
      const [problem] = check("bytes.yaml", Buffer.concat([head, Buffer.from(bytes)]));
      expect(problem).toContain(`bytes.yaml:${expected} is not UTF-8`);
    }
    expect(check("utf16.yaml", Buffer.from("kind: x\n", "utf16le"))[0]).toContain("NF107 control character U+0000");
  });

  it("is reported at each control character", () => {
    expect(parse("a: \0\nb: \x1b[31m\n")).toEqual([
      "x.yaml:1:4: NF107 control character U+0000; YAML allows tabs and line ends only; delete it",
      "x.yaml:2:4: NF107 control character U+001B; YAML allows tabs and line ends only; delete it",
    ]);
  });
});

describe("a rule file made to overload the parser", () => {
  it.each([
    ["open brackets", repeat("[", 500_000)],
    ["closed brackets", repeat("[", 300_000) + repeat("]", 300_000)],
    ["braces", repeat("{a: ", 200_000)],
    ["dashes", repeat("- ", 400_000)],
    ["question marks", repeat("? ", 400_000)],
    ["indentation", Array.from({ length: 1300 }, (_, depth) => `${repeat(" ", depth)}a:`).join("\n")],
  ])("is refused for its depth: %s", (_, text) => {
    expect(parse(text)).toEqual([expect.stringContaining(`NF124 nested deeper than ${DEPTH_LIMIT} levels`)]);
  });

  it("is read when it is deep, but not too deep", () => {
    expect(parse(`a: ${repeat("[", 30)}${repeat("]", 30)}\n`)).toEqual([]);
  });

  it("is refused for its aliases, and a file with fewer is read", () => {
    const aliases = (count: number) => `a: &a text\nb: [${Array.from({ length: count }, () => "*a").join(", ")}]\n`;
    expect(parse(aliases(ALIAS_LIMIT))).toEqual([]);
    expect(parse(aliases(ALIAS_LIMIT + 400))).toEqual([
      expect.stringContaining("NF125 101 aliases; a file may use 100"),
    ]);
  });

  it("is refused for the alias of an anchor that is not there, which is quoted in part if it is long", () => {
    const [problem] = parse(`a: *${repeat("x", 500)}\n`);
    expect(problem).toMatch(/NF125 alias \*x{20,100}; no anchor of that name stands before it; write it out$/);
  });

  it.each([
    ["keys", repeat("k: 1\n", 200_000)],
    ["closing brackets", repeat("}", 1_000_000)],
    ["anchors", repeat("&a ", 300_000)],
  ])("is refused for its number of tokens: %s", (_, text) => {
    const [problem] = parse(text);
    expect(problem).toContain(`NF128 more than ${TOKEN_LIMIT} YAML tokens; a rule file needs a few thousand`);
  });

  it("is read when it is long, with as many problems as a reader can use", () => {
    expect(parse(Array.from({ length: 10_000 }, (_, at) => `k${at}: 1`).join("\n"))).toEqual([]);
    const equal = parse(repeat("k: 1\n", 10_000));
    expect(equal.length).toBe(201);
    expect(equal.at(-1)).toContain("NF100 9799 further problems; the first 200 are shown; mend these first");
  });
});

describe("a readable rule file", () => {
  it("may begin with a byte-order mark and end its lines with CR LF", () => {
    const text = "\uFEFFkind: architecture\r\nname: mine\r\nextends: tiny\r\nqueue: ordered\r\n";
    expect(check("crlf.yaml", text)).toEqual([]);
    expect(check("crlf.yaml", text.replace("ordered", "orderd"))).toEqual([
      'crlf.yaml:4:8: NF112 unknown queue "orderd"; known: ordered, unordered; did you mean ordered?',
    ]);
  });

  it("gives lines and columns that count from 1, in the first line after a byte-order mark too", () => {
    const file = must(readYaml({ path: write("bom.yaml", "\uFEFFkind: x\nb: y\n"), shown: "bom.yaml" }));
    expect(file.spot(0)).toEqual({ file: "bom.yaml", line: 1, column: 1 });
    expect(file.spot(8)).toEqual({ file: "bom.yaml", line: 2, column: 1 });
    expect(file.spot(1e9)).toEqual({ file: "bom.yaml", line: 3, column: 1 });
  });

  it("is a mapping, not the word for nothing", () => {
    for (const text of ["null\n", "~\n"]) expect(check("null.yaml", text)[0]).not.toContain("NF105");
  });

  it("may be reached through a folder with blanks in its name", () => {
    const folder = path.dirname(write("x", ""));
    mkdirSync(path.join(folder, "my rules"), { recursive: true });
    const file = write("my rules/a.yaml", "kind: architecture\nname: mine\nextends: tiny\n");
    expect(checkFile(file).problems).toEqual([]);
  });
});
