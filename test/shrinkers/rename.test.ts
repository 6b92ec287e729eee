import { describe, expect, it } from "vitest";
import { rename } from "../../shrinkers/rename.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("rename", () => {
  it("renumbers pages in order of first use", () => {
    const fails = failsIf(
      (text) => /^s2 d0 g([0-9]+)=-; s2 d0 g([0-9]+)=-$/.test(text) && !/g([0-9]+).*g\1/.test(text),
    );
    expect(runPass(rename, sequence("s2 d0 g9=-; s2 d0 g8=-"), fails).text).toBe("s2 d0 g0=-; s2 d0 g1=-");
  });

  it("exchanges numbers where one must stay as it is", () => {
    const fails = failsIf((text) => /g4\[0\]=leaf g([0-9]+) rw; s2 d0 g\1=h/.test(text) && !text.includes("leaf g4"));
    const result = runPass(rename, sequence("w g4[0]=leaf g8; s2 d0 g8=h1"), fails);
    expect(result.text).toBe("w g4[0]=leaf g0 rw; s2 d0 g0=h0 rw");
  });

  it("exchanges numbers in a part of a short sequence", () => {
    const fails = failsIf((text) => /^ctx c0=-; dma r c([01]) i0; ctx c(?!\1)[01]=-$/.test(text));
    const result = runPass(rename, sequence("ctx c0=-; dma r c1 i0; ctx c0=-"), fails);
    expect(result.text).toBe("ctx c0=-; dma r c0 i0; ctx c1=-");
  });
});
