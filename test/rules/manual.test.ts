/** Forms of a manual's commands: what is refused, and which form operands of a kind mean. */

import { describe, expect, it } from "vitest";
import { chooseForm, type ManualForm, manualNames, parseManual } from "../../rules/manual.js";

describe("the text of a form", () => {
  it.each([
    ["TLBI {adress}", "{adress}"],
    ["TLBI ADDR={", "{"],
    ["TLBI {constructor}", "{constructor}"],
    ["TLBI [ADDR={address}", "[ADDR={address}"],
    ["[ADDR={address}]", "[ADDR={address}]"],
    ["TLBI | ", ""],
  ])("%s is refused at %s", (text, seen) => {
    expect(parseManual(text)).toMatchObject({ seen });
  });

  it("may have blanks anywhere between words", () => {
    expect(parseManual("TLBI  [ A={address}   B={domain} ]")).toEqual(parseManual("TLBI [A={address} B={domain}]"));
  });

  it("may have a name of several words and no operands", () => {
    expect(parseManual("TLBI ALL")).toEqual([{ name: "TLBI ALL", words: [] }]);
  });
});

describe("the form that is meant", () => {
  const text = "VA D={domain} P={process} A={address} | ASID D={domain} P={process} | VMID [D={domain}] L={leaf}";
  const forms = parseManual(text) as readonly ManualForm[];
  const none = { domain: false, process: false, requester: false, address: false };

  it.each([
    [{ domain: true, process: true, address: true }, "VA"],
    [{ domain: true, process: true }, "ASID"],
    [{ domain: true, address: true }, "VMID"],
    [{}, "VMID"],
  ])("for %j is %s", (given, name) => {
    expect(chooseForm(forms, { ...none, ...given })!.name).toBe(name);
  });

  it("is none where a unit would need more", () => {
    const needy = parseManual("ASID D={domain}") as readonly ManualForm[];
    expect(chooseForm(needy, none)).toBeUndefined();
  });

  it("is called by names that stand once", () => {
    expect(manualNames("A X={domain} | A | B")).toBe("A, B");
  });
});
