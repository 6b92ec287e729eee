import { describe, expect, it } from "vitest";
import { makeProperty } from "../../properties/all.js";
import { PROPERTY_NAMES } from "../../rules/vocabulary.js";
import { cell, runText } from "./cells.js";

describe("the checker", () => {
  it("makes every property that the vocabulary names, with a sentence and a witness", () => {
    for (const name of PROPERTY_NAMES) {
      const property = makeProperty(name, ["hardware"]);
      expect(property.name).toBe(name);
      expect(property.sentence).not.toBe("");
      expect(property.witness).not.toBe("");
    }
  });

  it("reports agreement before cache validity, and only properties in force", () => {
    expect(runText(cell("never", PROPERTY_NAMES), "w g4[0]=leaf g9 rw").failure!.violation.property).toBe("agreement");
    expect(runText(cell("never", ["isolation"]), "w g4[0]=leaf g9 rw").failure).toBeNull();
  });
});
