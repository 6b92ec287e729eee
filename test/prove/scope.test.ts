import { describe, expect, it } from "vitest";
import { geometryOf } from "../../models/geometry.js";
import { parseScope, permissionsOf } from "../../prove/scope.js";

const geometry = geometryOf("1x2/1x4 contexts=1 vms=1");

describe("a scope", () => {
  it("is everything where nothing is said", () => {
    expect(parseScope("", geometry)).toMatchObject({
      text: "",
      tables: [0, 1, 2, 3],
      entries: ["-", "none", "r", "w", "rw", "bad", "global", "table", "super"],
      contexts: true,
      ranges: true,
      moves: true,
      atOnce: false,
      queue: 4,
    });
  });

  it("reads pages, ranges of pages, and its other words, in any order", () => {
    const text = "queue=2 tables=g0,g2-g3 hosts=h1-h2 remap=none entries=rw,- contexts=no ranges=no moves=no at-once";
    const scope = parseScope(text, geometry);
    expect(scope).toMatchObject({
      tables: [0, 2, 3],
      hosts: [1, 2],
      remap: [],
      entries: ["-", "rw"],
      contexts: false,
      ranges: false,
      moves: false,
      atOnce: true,
      queue: 2,
    });
    expect(parseScope(text.split(" ").reverse().join(" "), geometry)).toEqual(scope);
    if (typeof scope !== "string") expect(permissionsOf(scope)).toEqual([3]);
  });

  it.each([
    ["tabels=g0", 'scope: "tabels=g0" is not known; known: tables='],
    ["tables=g9", 'scope: tables=g9: "g9" names no pages; known: g0 to g3, ranges like g0-g1'],
    ["tables=g2-g1", '"g2-g1" names no pages'],
    ["hosts=g1", '"g1" names no pages; known: h0 to h'],
    ["entries=x", 'scope: entries=x: unknown entry "x"; known: -, none, r, w, rw, bad'],
    ["queue=5", "scope: queue=5 is out of range; known: queue=1 to queue=4"],
    ["contexts=maybe", "known: contexts=yes, contexts=no"],
  ])("says of %s what is wrong and what is known", (text, message) => {
    expect(parseScope(text, geometry)).toContain(message);
  });
});
