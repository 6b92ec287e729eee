import { symlinkSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { CHAIN_LIMIT } from "../../rules/chain.js";
import { loadArchitecture, loadContract } from "../../rules/load.js";
import { must, problemsOf, write } from "./files.js";

const link = (name: string, parent: string) =>
  write(`${name}.yaml`, `kind: architecture\nname: ${name}\nextends: ${parent}\n`);

describe("a chain of extends", () => {
  it("may have eight files and no more", () => {
    for (let at = 2; at < CHAIN_LIMIT; at++) link(`link${at}`, at + 1 < CHAIN_LIMIT ? `./link${at + 1}.yaml` : "tiny");
    expect(must(loadArchitecture(link("link1", "./link2.yaml"))).caches.length).toBe(8);
    expect(problemsOf(loadArchitecture(link("link0", "./link1.yaml")))).toEqual([
      "link7.yaml:3:10: NF132 more than 8 files in a chain of extends; 8 are allowed; merge some of them",
    ]);
  });

  it("may not close, through a link either", () => {
    const loop = link("loop", "./alias.yaml");
    symlinkSync(loop, path.join(path.dirname(loop), "alias.yaml"));
    expect(problemsOf(loadArchitecture(loop))[0]).toContain("NF131 extends leads in a circle");
  });

  it("may name its parent by an absolute path", () => {
    const parent = link("parent", "tiny");
    expect(must(loadArchitecture(link("child", parent))).name).toBe("child");
  });

  it("reports a mistake of a parent in the parent, beside those of the child", () => {
    write("bad.yaml", "kind: architecture\nname: bad\nextends: tiny\nqueue: slow\n");
    const child = write("worse.yaml", "kind: architecture\nname: worse\nextends: ./bad.yaml\nqueue: fast\n");
    expect(problemsOf(loadArchitecture(child))).toEqual([
      'bad.yaml:4:8: NF112 unknown queue "slow"; known: ordered, unordered; use one of these',
      'worse.yaml:4:8: NF112 unknown queue "fast"; known: ordered, unordered; use one of these',
    ]);
  });

  it("names the built-in files when the parent does not exist", () => {
    const child = write("orphan.yaml", "kind: contract\nname: orphan\nextends: allways\n");
    const [problem] = problemsOf(loadContract(child));
    expect(problem).toContain('orphan.yaml:3:10: NF133 extends names "allways", which does not exist');
    expect(problem).toMatch(/built-in contracts: always, .*never, /);
    expect(problem).toContain("did you mean always?");
  });
});
