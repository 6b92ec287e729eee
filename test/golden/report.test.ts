/** The mails and tables that a reader sees, byte by byte. */

import { describe, it } from "vitest";
import { mailText } from "../../report/mail.js";
import { stepReport } from "../../report/steps.js";
import { stepTable } from "../../report/table.js";
import { cellOf, entryOf, FAILURES } from "../corpus/failures.js";
import { expectGolden } from "./golden.js";

describe("goldens of reports", () => {
  it.each(FAILURES)("has the mail of $name", ({ name, text, cell }) => {
    expectGolden(`mail-${name}`, mailText(entryOf(text, cell())));
  });

  it.each(FAILURES.filter(({ name }) => /^(table-unlinked|one-fence|shadow-map)/.test(name)))(
    "has the table of $name",
    ({ name, text, cell }) => {
      const report = stepReport(entryOf(text, cell()));
      expectGolden(`table-${name}`, report.ok ? stepTable(report.value) : "");
    },
  );

  it("has the table of a sequence that breaks nothing", () => {
    const commands = [
      "dma r c0 i0",
      "w g2[0]=-",
      "inv iotlb d0 p0 [i0+4]",
      "fence",
      "inv dev c0 all",
      "fence",
      "w g99[0]=-",
      "dma r c0 i1",
      "dma r c0 i0",
    ];
    const report = stepReport({
      ...cellOf({ under: "tiny" }),
      strategies: ["hardware", "envelope"],
      geometry: "2x4",
      start: "all",
      commands,
    });
    expectGolden("table-no-violation", report.ok ? stepTable(report.value) : "");
  });
});
