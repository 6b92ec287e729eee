/** One text a value, and the places of mistakes. */

import { describe, expect, it } from "vitest";
import { canonicalJson, parseJson, placeOf } from "../../corpus/json.js";

const place = (text: string): string => {
  const parsed = parseJson(text);
  return parsed.ok ? "fine" : `${parsed.place.line}:${parsed.place.column} ${parsed.seen}`;
};

describe("canonicalJson", () => {
  it("sorts keys by code unit, indents by two, and puts each item on its line", () => {
    const text = canonicalJson({ b: ["w g4[0]=-", "fence"], a: { Z: 1, 10: null, 9: true }, ä: [], c: {} });
    expect(text).toBe(
      [
        "{",
        '  "a": {',
        '    "10": null,',
        '    "9": true,',
        '    "Z": 1',
        "  },",
        '  "b": [',
        '    "w g4[0]=-",',
        '    "fence"',
        "  ],",
        '  "c": {},',
        '  "ä": []',
        "}",
        "",
      ].join("\n"),
    );
  });

  it("gives the same bytes for the same value in any order, and what it gives reads back", () => {
    const value = { x: 1, y: [{ b: 2, a: '\n"\\' }], z: -0.5 };
    const turned = { z: -0.5, y: [{ a: '\n"\\', b: 2 }], x: 1 };
    expect(canonicalJson(turned)).toBe(canonicalJson(value));
    expect(JSON.parse(canonicalJson(value))).toEqual(value);
  });

  it("leaves out fields without a value and refuses what JSON cannot say", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{\n  "b": 1\n}\n');
    expect(() => canonicalJson({ a: Number.NaN })).toThrow();
  });
});

describe("parseJson", () => {
  it.each([
    ['{\n  "a": [1,\n', "3:1 the text ends here"],
    ['{"a": "b', "1:9 the text ends here"],
    ['{"a": 1,}', '1:9 "}" is not JSON here'],
    ["{'a': 1}", '1:2 "\'" is not JSON here'],
    ['{"a": tru}', '1:7 "t" is not JSON here'],
    ['{"a": 01}', '1:8 "1" is not JSON here'],
    ['{"a": "\\x"}', '1:8 "\\\\" is not JSON here'],
    ['{"a": 1} x', '1:10 "x" is not JSON here'],
    ["", "1:1 an empty file"],
    ['{"a": 1}\n', "fine"],
  ])("places the mistake in %j", (text, expected) => {
    expect(place(text)).toBe(expected);
  });

  it("finds the place of every cut of a text: where it ends", () => {
    const text = canonicalJson({ a: [1, { b: "c\u00e4\t" }], d: -1.5e3 }).trimEnd();
    for (let length = 1; length < text.length; length++) {
      const parsed = parseJson(text.slice(0, length));
      const lines = text.slice(0, length).split("\n");
      expect(parsed).toMatchObject({ ok: false, place: { line: lines.length } });
    }
  });

  it("survives nesting without an end", () => {
    expect(parseJson("[".repeat(100_000))).toMatchObject({ ok: false });
  });
});

describe("placeOf", () => {
  const text = '{\n  "a": { "b": [1, "x", { "c": 2 }] },\n  "d": 3\n}\n';

  it.each([
    [["a", "b", 2, "c"], "2:31"],
    [["d"], "3:8"],
    [[], "1:1"],
  ] as [PropertyKey[], string][])("finds %j", (path, expected) => {
    const found = placeOf(text, path);
    expect(`${found.line}:${found.column}`).toBe(expected);
  });

  it("names the value around a field that is missing", () => {
    expect(placeOf(text, ["a", "b", 7, "x"])).toEqual({ line: 2, column: 15 });
  });
});
