import { readFileSync } from "node:fs";
import path from "node:path";
import AjvDraft04 from "ajv-draft-04";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { sarifText } from "../../report/sarif.js";
import { packageRoot } from "../../rules/home.js";
import { FINDING, GREEN, RED } from "./summary.samples.js";

const root = packageRoot();
const schema = JSON.parse(readFileSync(path.join(root, "test/report/schemas/sarif-2.1.0.json"), "utf8"));
const ajv = new AjvDraft04.default({ strict: false, unicodeRegExp: false });
addFormats.default(ajv as never);
const validate = ajv.compile(schema);

const resultsOf = (text: string) => JSON.parse(text).runs[0].results;

describe("SARIF", () => {
  it.each([
    ["green", GREEN],
    ["red", RED],
  ])("of a %s night is valid by the published schema", (_, summary) => {
    expect(validate(JSON.parse(sarifText(summary))), JSON.stringify(validate.errors)).toBe(true);
  });

  it("that is not as it should be is refused by that schema", () => {
    expect(validate(JSON.parse(sarifText(GREEN).replace('"note"', '"blue"')))).toBe(false);
  });

  it("stands at the row of the contract: a new finding is an error, a known one a note", () => {
    const [fresh, old] = resultsOf(sarifText(RED));
    expect(fresh).toMatchObject({ ruleId: "vtd-legacy/s1-leaf", level: "error", baselineState: "new" });
    expect(fresh.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: "rules/contracts/vtd-legacy.yaml" },
      region: { startLine: 31 },
    });
    expect(fresh.message.text).toContain(`nestfuzz show ${FINDING.id}`);
    expect(old).toMatchObject({ ruleId: "vtd-legacy/no-row", level: "note", baselineState: "unchanged" });
  });

  it("has a result for a cell that should fail and stands, at its line in the claims", () => {
    const cells = resultsOf(sarifText(RED)).slice(2);
    expect(cells.map((one: { ruleId: string }) => one.ruleId)).toEqual(["claims/not-refuted", "nightly/idle"]);
    const { artifactLocation, region } = cells[0].locations[0].physicalLocation;
    const lines = readFileSync(path.join(root, artifactLocation.uri), "utf8").split("\n");
    expect(lines[region.startLine - 1]).toBe("      - id: T1");
  });

  it("names files of one's own as they were written, and absolute ones by their scheme", () => {
    const uri = (at: string): string => {
      const findings = [{ ...FINDING, at }];
      return resultsOf(sarifText({ ...GREEN, findings }))[0].locations[0].physicalLocation.artifactLocation.uri;
    };
    expect(uri("./my rules/weak.yaml:6")).toBe("my%20rules/weak.yaml");
    expect(uri("/srv/weak.yaml:6")).toBe("file:///srv/weak.yaml");
  });
});
