import { describe, expect, it } from "vitest";
import { overlay } from "../../rules/architecture.js";
import { loadArchitecture } from "../../rules/load.js";
import type { Architecture, CacheName } from "../../rules/vocabulary.js";
import { must, problemsOf, write } from "./files.js";

const child = (text: string, name = "child.yaml") =>
  loadArchitecture(write(name, `kind: architecture\nname: mine\nextends: tiny\n${text}`));
const cache = (unit: Architecture, name: CacheName) => unit.caches.find((rule) => rule.name === name)!;

describe("an architecture", () => {
  it("has its defaults filled in", () => {
    const tiny = must(loadArchitecture("tiny"));
    expect(cache(tiny, "iotlb")).toEqual({
      name: "iotlb",
      tags: ["domain", "process"],
      negative: { notPresent: false, malformed: false },
      negativeDomain: "own",
      fields: ["valid", "vm", "domain", "process", "root"],
      pointers: "guest",
      superpages: "whole",
      source: "nestfuzz",
      confidence: "specification",
    });
    const scalable = must(loadArchitecture("vtd-scalable"));
    expect(cache(scalable, "context").fields).toEqual(["valid"]);
    const dev = tiny.commands.find((command) => command.kind === "dev")!;
    expect(dev.range).toEqual({ count: "exact", mask: "aligned", all: "whole" });
    expect(dev.removes).toEqual([
      {
        cache: "device-tlb",
        match: ["requester", "process", "address"],
        when: [],
        global: true,
        levelHint: false,
        source: "nestfuzz",
        confidence: "specification",
      },
    ]);
  });

  it("lists its caches in the order of a walk, and its commands in the order of the language", () => {
    const unit = must(loadArchitecture("vtd-scalable-ats"));
    expect(unit.caches.map((rule) => rule.name).join(" ")).toBe(
      "context pasid walk stage1 stage2-walk stage2 iotlb device-tlb",
    );
    expect(unit.commands.map((command) => command.kind).join(" ")).toBe("iotlb ctx pasid dev s2");
  });

  it("gives a removal the source and confidence of its command", () => {
    const unit = must(
      child(
        "commands:\n  dev:\n    source: D\n    confidence: memory\n    removes:\n      - { cache: device-tlb, match: [] }\n",
      ),
    );
    const removal = unit.commands.find((command) => command.kind === "dev")!.removes[0]!;
    expect([removal.source, removal.confidence]).toEqual(["D", "memory"]);
  });
});

describe("an architecture that extends another", () => {
  it("inherits all that it does not state", () => {
    const tiny = must(loadArchitecture("tiny"));
    const mine = must(child(""));
    expect(mine).toEqual({ ...tiny, name: "mine" });
  });

  it("merges a cache key by key", () => {
    const walk = cache(must(child("caches:\n  walk: { negative: { malformed: true }, source: N }\n")), "walk");
    expect(walk.negative).toEqual({ notPresent: false, malformed: true });
    expect([walk.tags.join(" "), walk.source]).toEqual(["domain process", "N"]);
  });

  it("takes a cache away with absent or null, and keeps the removals that name it, for walks in flight", () => {
    for (const word of ["absent", "null", "~", ""]) {
      const unit = must(child(`caches:\n  walk: ${word}\n`));
      expect(cache(unit, "walk")).toBeUndefined();
      expect(unit.commands.flatMap((command) => command.removes).some((rule) => rule.cache === "walk")).toBe(true);
    }
  });

  it("may say in its first file that a cache is absent", () => {
    const text = `kind: architecture
name: first
summary: s
source: t
queue: ordered
caches:
  walk: absent
  iotlb: { tags: [domain], source: t }
commands:
  iotlb:
    manual: X
    source: t
    removes:
      - { cache: iotlb, match: [domain] }
      - { cache: walk, match: [domain], when: [not-leaf] }
`;
    expect(must(loadArchitecture(write("first.yaml", text))).commands[0]!.removes.length).toBe(2);
  });

  it("takes a command away, and merges the range of one", () => {
    const unit = must(child("commands:\n  ctx: absent\n  iotlb: { source: N, range: { all: first } }\n"));
    expect(unit.commands.some((command) => command.kind === "ctx")).toBe(false);
    const iotlb = unit.commands.find((command) => command.kind === "iotlb")!;
    expect(iotlb.range).toEqual({ count: "exact", mask: "aligned", all: "first" });
    expect(iotlb.removes.length).toBe(3);
  });

  it("has an IOTLB asked by requester only where requesters are told apart", () => {
    const asked = (tags: string) => child(`caches:\n  iotlb: { tags: [${tags}], lookup: requester, source: N }\n`);
    expect(cache(must(asked("requester, domain")), "iotlb")!.lookup).toBe("requester");
    expect(problemsOf(asked("domain"))).toEqual([
      "child.yaml:5:3: NF144 cache iotlb has lookup: requester, but no such tag; its tags: domain; add requester to tags, or delete lookup",
    ]);
    expect(problemsOf(child("caches:\n  walk: { lookup: requester, source: N }\n"))[0]).toContain(
      "NF118 key lookup in cache walk; it has a meaning for iotlb only",
    );
  });

  it("leaves the lookup behind with the tags", () => {
    const legacy = "kind: architecture\nname: mine\nextends: vtd-legacy\ncaches:\n  iotlb: ";
    const lookup = (row: string) =>
      cache(must(loadArchitecture(write("legacy.yaml", `${legacy}${row}\n`))), "iotlb").lookup;
    expect(lookup("{ superpages: piece, source: N }")).toBe("requester");
    expect(lookup("{ tags: [process], source: N }")).toBe(undefined);
  });

  it("replaces a list of removals as a whole", () => {
    const unit = must(child("commands:\n  iotlb: { source: N, removes: [] }\n"));
    expect(unit.commands.find((command) => command.kind === "iotlb")!.removes).toEqual([]);
  });

  it("may take away a cache and give it back", () => {
    write("taken.yaml", "kind: architecture\nname: taken\nextends: tiny\ncaches:\n  walk: absent\n");
    const again = write(
      "again.yaml",
      "kind: architecture\nname: again\nextends: ./taken.yaml\ncaches:\n  walk: { tags: [domain], source: N }\n",
    );
    const walk = cache(must(loadArchitecture(again)), "walk");
    expect([walk.tags.join(" "), walk.negative.malformed, walk.source]).toEqual(["domain", false, "N"]);
  });

  it("must say where its own rows are from", () => {
    expect(problemsOf(child("caches:\n  walk: { pointers: host }\n"))).toEqual([
      "child.yaml:5:3: NF111 cache walk has no source; each row says where it is from; add source: with document and section",
    ]);
  });
});

describe("overlay", () => {
  it("lets later values win, but not undefined ones", () => {
    expect(overlay<{ a?: number | undefined; b?: number }>({ a: 1, b: 2 }, { a: undefined, b: 3 })).toEqual({
      a: 1,
      b: 3,
    });
  });
});
