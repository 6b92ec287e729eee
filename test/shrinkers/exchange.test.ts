import { describe, expect, it } from "vitest";
import { exchange } from "../../shrinkers/exchange.js";
import { failsIf, runPass, sequence } from "./sequences.js";

describe("exchange", () => {
  it("removes what prepared a page, and names another page instead", () => {
    const fails = failsIf((text) => text === "w g0[0]=table g1; fence; s2 d0 g0=-" || text === "s2 d0 g2=-");
    expect(runPass(exchange, sequence("w g0[0]=table g1; fence; s2 d0 g0=-"), fails).text).toBe("s2 d0 g2=-");
  });

  it("attaches a context at the start for commands that attached it", () => {
    const fails = failsIf((text, start) => text === (start.has(0) ? "dma r c0 i0" : "ctx c0=(d0,p0,g2); dma r c0 i0"));
    const result = runPass(exchange, sequence("ctx c0=(d0,p0,g2); dma r c0 i0"), fails);
    expect([result.start, result.text]).toEqual([[0], "dma r c0 i0"]);
  });

  it("moves writes to another entry beside a removal", () => {
    const fails = failsIf(
      (text) => text.startsWith("w g0[0]") || /^w g4\[2\]=leaf g0 rw global; w g4\[2\]=-$/.test(text),
    );
    const start = sequence("w g0[0]=leaf g0; w g2[1]=table g0; w g0[0]=-");
    const needsAll = failsIf((text) =>
      text.startsWith("w g0[0]") ? text.split(";").length === 3 : fails(sequence(text)),
    );
    expect(runPass(exchange, start, needsAll).text).toBe("w g4[2]=leaf g0 rw global; w g4[2]=-");
  });

  it("puts a fence in the place of invalidations that filled the queue", () => {
    const long = "inv iotlb all; inv iotlb all; inv iotlb all; inv iotlb all; dma r c0 i0";
    const fails = failsIf((text) => text === long || text === "inv iotlb all; inv iotlb all; fence; dma r c0 i0");
    expect(runPass(exchange, sequence(long), fails).text).toBe("inv iotlb all; inv iotlb all; fence; dma r c0 i0");
  });
});
