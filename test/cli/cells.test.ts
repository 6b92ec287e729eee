import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allClaims, cellWith, chooseCells, override, rulesFrom } from "../../cli/cells.js";
import { architectureNames, loadContract } from "../../rules/load.js";
import { complaint, Place, UNIT, WEAK } from "./run.js";

const place = new Place();
let weak = "";
let unit = "";
beforeAll(() => {
  weak = path.join(place.folder, place.file("weak.yaml", WEAK));
  unit = path.join(place.folder, place.file("unit.yaml", UNIT));
});
afterAll(() => place.remove());

const idsOf = (...names: string[]): string[] => chooseCells(names, {}).map(({ id }) => id);

describe("the cells of a run", () => {
  it("are all where no claim is named, and those of the claims and cells that are, each once", () => {
    expect(idsOf()).toEqual(allClaims().flatMap(({ cells }) => cells.map(({ id }) => id)));
    expect(idsOf("T4")).toEqual(["T4.hardware", "T4.shadow", "T4.new"]);
    expect(idsOf("T4.new", "T1", "T4")).toEqual(["T4.new", "T1", "T4.hardware", "T4.shadow"]);
  });

  it("are one, expected to stand, where rules are named and no claim", () => {
    expect(chooseCells([], { contract: weak })).toMatchObject([
      { id: "own", expected: "unrefuted", architecture: { name: "tiny" }, contract: { name: "weak" } },
    ]);
  });

  it("take other strategies and properties", () => {
    const [cell] = chooseCells(["T1"], { strategies: "envelope, hardware,envelope", properties: "isolation" });
    expect(cell).toMatchObject({ strategies: ["envelope", "hardware"], properties: ["isolation"], expected: "fails" });
  });
});

describe("rules", () => {
  it("have an architecture for every contract, and a contract for every architecture", () => {
    expect(rulesFrom({})).toMatchObject({ architecture: { name: "tiny" }, contract: { name: "tiny" } });
    expect(rulesFrom({ contract: "riscv flag=1" })).toMatchObject({ architecture: { name: "riscv" } });
    const chosen = architectureNames().map((architecture) => rulesFrom({ architecture }).contract.name);
    expect(chosen).not.toContain("always");
    expect(rulesFrom({ architecture: "vtd-scalable-ats" }).contract.name).toBe("vtd-scalable");
    expect(rulesFrom({ architecture: unit }).contract.name).toBe("always");
  });

  it("say where a name stands that is not known", () => {
    const placeOf = (name: string): string => `mail:7:${name.length}`;
    expect(complaint(() => rulesFrom({ architecture: "riskv" }, placeOf)).text).toMatch(/^mail:7:12: NF130 /);
    expect(complaint(() => rulesFrom({ contract: "tiny x=1" }, placeOf)).text).toMatch(/^mail:7:8: NF153 /);
    expect(complaint(() => rulesFrom({ strategies: "" }, placeOf)).text).toMatch(/^mail:7:10: no strategy is named; /);
    expect(complaint(() => rulesFrom({ properties: "x" }, placeOf)).text).toMatch(/^mail:7:10: unknown property "x"; /);
    expect(complaint(() => rulesFrom({ architecture: "riskv" })).text).toMatch(/^--architecture: NF130 /);
  });
});

describe("one cell", () => {
  it("is named by its id, or by a claim with one cell", () => {
    expect(cellWith("T6a", {}).id).toBe("T6a");
    expect(cellWith("T5.riscv", { contract: weak }).contract.name).toBe("weak");
    expect(complaint(() => cellWith("T5", {})).text).toMatch(/^--claim: claim T5 has several cells; known: T5\.vtd/);
  });
});

describe("another architecture in a cell", () => {
  it("has the contract whole, not as it was cut to the caches of the first", () => {
    const cell = chooseCells(["T5.vtd-legacy"], {})[0]!;
    const moved = override(cell, { architecture: "vtd-legacy-ats" });
    const whole = loadContract("vtd-legacy", { cm: "0" }, moved.architecture);
    expect(moved.contract).toEqual(whole.ok && whole.value);
    expect(moved.contract).not.toEqual(cell.contract);
  });
});
