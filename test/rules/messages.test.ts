import { describe, expect, it } from "vitest";
import { quote, unknownKey, unknownWord } from "../../rules/messages.js";

describe("quote", () => {
  it("keeps text on one line of ASCII, without control codes", () => {
    expect(quote("two\nlines")).toBe('"two\\nlines"');
    expect(quote("\x1b[31m")).toBe('"\\u001b[31m"');
    expect(quote("é\u{1f600}\u202e")).toBe('"\\u{e9}\\u{1f600}\\u{202e}"');
  });

  it("cuts long text", () => {
    expect(quote("x".repeat(1000))).toBe(`"${"x".repeat(60)}..."`);
  });
});

describe("messages", () => {
  it("say what was seen, what is known and how to mend it", () => {
    expect(unknownWord("cache", "iotbl", ["walk", "iotlb"]).message).toBe(
      'unknown cache "iotbl"; known: walk, iotlb; did you mean iotlb?',
    );
    expect(unknownWord("cache", "colour", ["walk", "iotlb"]).message).toBe(
      'unknown cache "colour"; known: walk, iotlb; use one of these',
    );
    expect(unknownKey("a rule", "colour", ["id"]).message).toBe('unknown key "colour" in a rule; known: id; delete it');
  });
});
