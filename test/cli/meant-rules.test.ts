/** The rules of a mail against those that are installed. */

import { describe, expect, it } from "vitest";
import { settingFrom } from "../../cli/setting.js";
import { rulesHash } from "../../corpus/identity.js";
import { complaint } from "./run.js";

const NEVER = settingFrom("f", "contract: never\nF", {});
const HASH = `hash: architecture=${rulesHash(NEVER.architecture)} contract=${rulesHash(NEVER.contract)}`;
const OTHER = HASH.replace(/contract=.*/, "contract=0123456789ab");
const refusedFor = (text: string): string => complaint(() => settingFrom("m", text, {})).text;

describe("the rules that a header means", () => {
  it("are those it names, where their hash is the same", () => {
    expect(settingFrom("f", `contract: never\n${HASH}\nF`, {}).contract).toEqual(NEVER.contract);
  });

  it("are refused where they have another content, with the file and the ways on", () => {
    const said = refusedFor(`id: nf-0123456789ab\ncontract: never\n${OTHER}\nF`);
    expect(said).toMatch(/^m:3:7: NF220 the contract never that is installed has the content [0-9a-f]{12}, /);
    expect(said).toContain("found under 0123456789ab; known: rules/contracts/never.yaml, or a file that it extends");
    expect(said).toContain("replay nf-0123456789ab from a corpus that keeps its rules");
    expect(said).toContain('--contract "never"');
    const claim = refusedFor(`claim: T5c.riscv\nhash: contract=0123456789ab\nF`);
    expect(claim).toContain("rules/claims.yaml (cell T5c.riscv) or rules/contracts/riscv.yaml");
    expect(refusedFor("architecture: riscv\nhash: architecture=0123456789ab\nF")).toContain(
      "rules/architectures/riscv.yaml",
    );
  });

  it("give way to a flag, hash and all", () => {
    expect(settingFrom("f", `contract: never\n${OTHER}\nF`, { contract: "never" }).contract).toEqual(NEVER.contract);
    const text = "contract: never\nrule: contract name = mine\nF";
    expect(settingFrom("f", text, {}).contract.name).toBe("mine");
    expect(settingFrom("f", text, { contract: "always" }).contract.name).toBe("always");
    const own = "architecture: tiny\nrule: architecture queue = ordered\nF";
    expect(settingFrom("f", own, {}).architecture.queue).toBe("ordered");
    expect(settingFrom("f", own, { architecture: "riscv" }).architecture.name).toBe("riscv");
  });

  it("are refused at the rule line that cannot be read", () => {
    expect(refusedFor("contract: tiny\nrule: contract name = x\nrule: hello\nF")).toMatch(
      /^m:3:7: NF221 no rule line; /,
    );
    expect(refusedFor("rule: contract 1 leaf p->np = a by=guest owes iotbl\nF")).toMatch(
      /^m:1:7: NF221 unknown word "iotbl"; known: context, /,
    );
  });
});
