import { it } from "vitest";
import { mailText } from "../../report/mail.js";
import { stepReport } from "../../report/steps.js";
import { stepTable } from "../../report/table.js";
import { entryOf, FAILURES } from "../corpus/failures.js";

it("probe", () => {
  for (const f of FAILURES) {
    const e = entryOf(f.text, f.cell());
    const m = mailText(e);
    process.stdout.write("=== " + f.name + "\n" + m);
  }
  const e = entryOf(FAILURES[6]!.text, FAILURES[6]!.cell());
  const s = stepReport(e);
  if (s.ok) process.stdout.write(stepTable(s.value));
});
