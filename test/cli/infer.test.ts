import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SMALLEST_GEOMETRY } from "../../prove/scope.js";
import { Place } from "./run.js";

const place = new Place();
beforeAll(() => {
  const rows = "  - { id: s1-leaf, owes: none, source: test }\n";
  place.file("weak.yaml", `kind: contract\nname: mine\nextends: vtd-legacy\nrules:\n${rows}`);
});
afterAll(() => place.remove());

const FEW = ["--geometry", SMALLEST_GEOMETRY, "--commands", "100"];

describe("infer", () => {
  it("writes a contract that loads, says how to repeat it, and keeps what refutes weaker rows", async () => {
    const { code, stdout } = await place.call(["infer", "vtd-legacy", ...FEW, "--out", "one.yaml"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^one\.yaml: \d+ rows, \d+ weaker recipes refuted$/m);
    const repeat = /^repeat with: (.*)$/m.exec(stdout)![1]!;
    const text = readFileSync(`${place.folder}/one.yaml`, "utf8");
    expect(text).toContain(`# Again: ${repeat}`);
    expect((await place.call(["rules", "check", "one.yaml"])).code).toBe(0);
    const [, id] = /weaker: .* (nf-[0-9a-f]{12})/.exec(text)!;
    expect((await place.call(["show", id!])).stdout).toContain("fails for envelope");
  });

  it("compares a contract: code 1, the rows that are too weak as mails, those that owe too much", async () => {
    const { code, stdout } = await place.call(["infer", "--compare", "weak.yaml", ...FEW]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^mine cm=0 on vtd-legacy, envelope$/m);
    expect(stdout).toMatch(/^weak\.yaml:5: s1-leaf\n {2}owes +none\n {2}verdict +.*too weak: nf-/m);
    expect(stdout).toMatch(/^row s1-leaf, weak\.yaml:5, is too weak:$/m);
    expect(stdout).toMatch(/^44 transitions: .*too weak/m);
  });

  it("gives JSON", async () => {
    const { stdout } = await place.call(["infer", "shadow", ...FEW, "--json"]);
    const { transitions, proof } = JSON.parse(stdout);
    expect(transitions).toHaveLength(44);
    const [first] = transitions;
    expect(first.transition).toBe("stage 1 leaf np->p");
    expect(first.owes).not.toEqual([]);
    expect(first.weaker[0].counterexample).toMatch(/^nf-/);
    expect(proof.geometry).toBe(SMALLEST_GEOMETRY);
  });

  it.each([
    [["infer"], "no unit is named; known: "],
    [["infer", "tinny"], 'no architecture is called "tinny"'],
    [["infer", "tiny", "--architecture", "riscv"], "the unit is named twice"],
    [["infer", "shadow", "--strategies", "envelope"], "the strategy is named twice"],
    [["infer", "tiny", "--compare", "tiny", "--contract", "always"], "leave --contract out"],
    [["infer", "tiny", "--commands", "few"], "--commands: "],
    [["infer", "tiny", "--out", "no/such/file.yaml"], "the folder no/such does not exist"],
    [["infer", "tiny", "--out", "."], "is a folder; name a file"],
  ])("refuses %j", async (words, said) => {
    const { code, stderr } = await place.call(words);
    expect(stderr).toContain(said);
    expect(code).toBe(2);
  });
});
