/** What explore begins with. */

import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { rulesOf } from "../../cli/explore-server.js";
import { beginningOf } from "../../cli/explore-text.js";
import type { SettingFlags } from "../../cli/setting.js";
import { corpusAt } from "../../cli/stores.js";
import { parseSequence } from "../../commands/language.js";
import { rulesHash } from "../../corpus/identity.js";
import { headerText } from "../../page/reading.js";
import type { Rules } from "../../report/page.js";
import { captured, Place, root, WEAK } from "./run.js";

const place = new Place();
afterAll(() => place.remove());
const CORPUS = path.join(root, "corpus");
const ID = "nf-6e6d4b65d5aa";
const begin = (ref?: string, flags: SettingFlags = {}) => beginningOf(ref, CORPUS, flags);
const file = (name: string, content: string): string => path.join(place.folder, place.file(name, content));

/** Rules by content, and the rest; names stand in any order. */
function meantBy({ architecture, contract, strategies, properties, shadow, geometry, start }: Rules): unknown[] {
  const sets = [strategies, properties].map((names) => [...names].sort());
  return [rulesHash(architecture), rulesHash(contract), ...sets, shadow, geometry, start];
}

/** The code and the complaint that a beginning ends with. */
async function refusal(ref: string, flags: SettingFlags = {}): Promise<string> {
  const err = captured("stderr");
  try {
    await begin(ref, flags).catch((error: unknown) => error);
    return err.text();
  } finally {
    err.release();
  }
}

describe("beginningOf", () => {
  it("is a small sequence that uses what there is, where nothing is named", async () => {
    const { text, setting } = await begin();
    expect(text).toMatch(
      /^architecture: tiny\ncontract: tiny\nstrategies: hardware envelope\ngeometry: 2x4\nstart: all\n\ndma r c0 i0\n/,
    );
    expect(setting.commands).toHaveLength(7);
  });

  it("puts flags into the header", async () => {
    const { text, setting } = await begin(undefined, {
      architecture: "riscv",
      geometry: "3x8",
      start: "c0",
      strategies: "shadow",
    });
    expect(text).toMatch(
      /^architecture: riscv\ncontract: riscv flag=0\nstrategies: shadow\ngeometry: 3x8\nstart: c0\n\n/,
    );
    expect(setting).toMatchObject({ architecture: { name: "riscv" }, geometry: "3x8", strategies: ["shadow"] });
  });

  it("is a sequence file as it is written", async () => {
    const content = "# why\ncontract: never\n\ndma r c0 i0 # first\nw g4[0]=-\n";
    const { text, setting } = await begin(file("idea.txt", content));
    expect(text).toBe(content);
    expect(setting).toMatchObject({ contract: { name: "never" }, commands: ["dma r c0 i0", "w g4[0]=-"] });
    expect((await begin(file("idea.txt", content), { contract: "always" })).text).toContain("contract: always\n");
  });

  it("is the sequence of a mail, of a line, of an entry, or of an argument", async () => {
    const mail = (await place.call(["show", ID, "--corpus", CORPUS])).stdout;
    const line = (await place.call(["show", ID, "--corpus", CORPUS, "--one-line"])).stdout.trim();
    const beginnings = [await begin(file("mail.txt", mail)), await begin(line), await begin(ID)];
    for (const { title, text, setting } of beginnings) {
      expect(title).toBe(ID);
      expect(text).toContain("\n\nw g4[2]=leaf g0 rw\n");
      expect(setting.commands).toEqual(["w g4[2]=leaf g0 rw"]);
      expect(parseSequence(text).ok).toBe(true);
      expect(Object.keys(setting).sort()).toEqual([
        "architecture",
        "commands",
        "contract",
        "geometry",
        "properties",
        "shadow",
        "start",
        "strategies",
      ]);
    }
    expect((await begin("dma r c0 i0; w g4[0]=-")).setting.commands).toEqual(["dma r c0 i0", "w g4[0]=-"]);
  });

  it("has a header that means the rules of the counterexample, also where a claim changed them", async () => {
    for (const { id } of corpusAt(CORPUS).list().entries) {
      const { text, setting } = await begin(id);
      const parsed = parseSequence(text);
      if (!parsed.ok) throw new Error(id);
      const answer = rulesOf(headerText(parsed.header));
      if (!answer.ok) throw new Error(`${id}: ${answer.errors[0]!.message}`);
      expect([id, ...meantBy(answer.rules)]).toEqual([id, ...meantBy(setting)]);
    }
  });

  it("names files of one's own in the header, so that they are read again", async () => {
    const contract = file("weak.yaml", WEAK);
    expect((await begin(undefined, { contract })).text).toContain(`architecture: tiny\ncontract: ${contract}\n`);
  });

  it("refuses what is none of these, with the place and what is known", async () => {
    expect(await refusal("nothing")).toMatch(/^nothing:1:1: no such file, and no id; known: /);
    expect(await refusal("nf-000000000000")).toMatch(/NF312 no counterexample is called/);
    expect(await refusal("nf1:AAAA")).toMatch(/^nf1:1:1: NF/);
    expect(await refusal("dma q c0 i0; fence")).toMatch(/^\(sequence\):1:5: NF/);
    expect(await refusal(file("bad.txt", "fence\nfnce\n"))).toMatch(/bad\.txt:2:1: NF201 unknown command "fnce"/);
    expect(await refusal("dma r c0 i0; fence", { architecture: "tny" })).toMatch(/^--architecture: NF130 /);
  });
});
