import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { validateXML } from "xmllint-wasm";
import { junitText } from "../../report/junit.js";
import { packageRoot } from "../../rules/home.js";
import { GREEN, RED } from "./summary.samples.js";

const schema = readFileSync(path.join(packageRoot(), "test/report/schemas/jenkins-junit.xsd"), "utf8");

async function mistakes(contents: string): Promise<string[]> {
  const xml = [{ fileName: "junit.xml", contents }];
  const { errors } = await validateXML({ xml, schema: [{ fileName: "junit.xsd", contents: schema }] });
  return errors.map(({ message }) => message);
}

describe("JUnit XML", () => {
  it.each([
    ["green", GREEN],
    ["red", RED],
  ])("of a %s night is valid by the published schema", async (_, summary) => {
    expect(await mistakes(junitText(summary))).toEqual([]);
  });

  it("that is not as it should be is refused by that schema", async () => {
    expect(await mistakes(junitText(GREEN).replace("<testcase name", "<testcase nam"))).not.toEqual([]);
  });

  it("has a case a cell and for the run itself, and fails those that are red", () => {
    const failing = (xml: string): string[] =>
      [...xml.matchAll(/<testcase name="([^"]*)"[^/>]*>\n\s*<failure/g)].map((match) => match[1]!);
    expect(failing(junitText(GREEN))).toEqual([]);
    expect(failing(junitText(RED))).toEqual(["T8.vtd", "T1", "T6", "canary amd", "workers", "budget"]);
    expect(junitText(RED)).toContain('<testsuites name="nestfuzz nightly" tests="9" failures="6">');
    expect(junitText(RED)).toContain("new: nf-0123456789ab");
  });
});
