import { describe, expect, it } from "vitest";
import { decodeAll } from "../../commands/command.js";
import { printCommand } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Unit } from "../../models/unit.js";
import { alphabetOf } from "../../prove/alphabet.js";
import { loadArchitecture } from "../../rules/load.js";
import type { StrategyName } from "../../rules/vocabulary.js";
import { scopeOf } from "./proofs.js";

function commandsOf(scopeText: string, geometryText: string, strategies: StrategyName[] = ["envelope"]): string[] {
  const geometry = geometryOf(geometryText);
  const architecture = loadArchitecture("tiny");
  if (!architecture.ok) throw new Error("tiny");
  const unit = new Unit(architecture.value, geometry);
  const options = { scope: scopeOf(scopeText, geometry), strategies, shadowEvicts: false };
  return alphabetOf(geometry, unit, options).map(({ commands }) => decodeAll(commands).map(printCommand).join("; "));
}

const ONE = "1x2 contexts=1 vms=1 domains=1 processes=1";

describe("the commands of a proof", () => {
  it("are those of a small geometry, written out", () => {
    expect(
      commandsOf("tables=g0 targets=g1 remap=g1 hosts=h1 entries=-,rw contexts=no ranges=no moves=no", ONE),
    ).toEqual([
      "s2 d0 g1=-",
      "s2 d0 g1=h1 rw",
      "fence",
      "inv iotlb all",
      "inv iotlb i0",
      "inv iotlb i1",
      "inv iotlb all leaf",
      "inv iotlb i0 leaf",
      "inv iotlb i1 leaf",
      "inv ctx",
      "inv pasid",
      "inv dev all",
      "inv dev i0",
      "inv dev i1",
      "guest inv s2 all",
      "guest inv s2 g0",
      "guest inv s2 g1",
      "guest inv s2 all leaf",
      "guest inv s2 g0 leaf",
      "guest inv s2 g1 leaf",
      "w g0[0]=-",
      "w g0[0]=leaf g1 rw",
      "w g0[1]=-",
      "w g0[1]=leaf g1 rw",
    ]);
  });

  it("are all different, and each of them once", () => {
    for (const geometry of [ONE, "2x2/2x2 contexts=2 vms=2 domains=2 processes=2"]) {
      const commands = commandsOf("", geometry);
      expect(new Set(commands).size).toBe(commands.length);
    }
  });

  it("name tags where there are several, and pointers and superpages where there are levels for them", () => {
    const commands = commandsOf("", "2x2 contexts=2 vms=1 domains=2 processes=1");
    expect(commands).toContain("inv iotlb d1 i3");
    expect(commands).toContain("w g0[1]=table g2");
    expect(commands).toContain("w g0[1]=super g2 rw");
    expect(commands.filter((command) => /^ctx c1=.*d1.*g3/.test(command))).toHaveLength(1);
    expect(commandsOf("", ONE).filter((command) => /table|super|inv iotlb d0/.test(command))).toEqual([]);
  });

  it("invalidate one page, runs of pages and all, each kind of range once however it may be sent", () => {
    const ranges = (scope: string, geometry: string): string[] =>
      commandsOf(`tables=none remap=none contexts=no ${scope}`, geometry)
        .filter((command) => command.startsWith("inv iotlb") && !command.endsWith("leaf"))
        .map((command) => command.slice("inv iotlb ".length));
    expect(ranges("", ONE)).toEqual(["all", "i0", "i1", "[i0+2]"]);
    expect(ranges("", "1x3 contexts=1 vms=1 domains=1 processes=1")).toEqual([
      ...["all", "i0", "i1", "i2", "[i0+2]", "[i0+3]", "[i1+2]"],
    ]);
    expect(ranges("ranges=no", ONE)).toEqual(["all", "i0", "i1"]);
  });

  it("name a group of requesters where there are three and more", () => {
    const requesters = (contexts: number): string[] =>
      commandsOf("tables=none remap=none contexts=no", `1x2 contexts=${contexts} vms=1 domains=1 processes=1`)
        .filter((command) => command.startsWith("inv ctx"))
        .map((command) => command.slice("inv ".length));
    expect(requesters(2)).toEqual(["ctx", "ctx c0", "ctx c1"]);
    expect(requesters(3)).toEqual(["ctx", "ctx c0", "ctx c0 mask=1", "ctx c0 mask=2", "ctx c1", "ctx c2"]);
  });

  it("have noise where there is a concrete unit, and the host's invalidations where a shadow does not hear them", () => {
    const scope = "tables=none remap=none contexts=no";
    const noise = /^(prefetch|evict|walk|exec|dma)/;
    expect(commandsOf(scope, ONE).filter((command) => noise.test(command))).toEqual([]);
    expect(commandsOf(scope, ONE, ["hardware"]).filter((command) => noise.test(command)).length).toBe(12);
    expect(commandsOf(scope, ONE).filter((command) => command.startsWith("host "))).toEqual([]);
    expect(commandsOf(scope, ONE, ["shadow"])).toContain("host inv iotlb all");
  });
});
