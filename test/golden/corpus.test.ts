/** The mail of every counterexample that comes with the program, byte by byte, as nestfuzz show prints it. */

import { describe, it } from "vitest";
import { allClaims } from "../../cli/cells.js";
import { CorpusStore } from "../../corpus/store.js";
import { mailText } from "../../report/mail.js";
import { packageRoot } from "../../rules/home.js";
import { expectGolden, expectOnly } from "./golden.js";

const { entries } = new CorpusStore(`${packageRoot()}/corpus`).list();
const claims = allClaims();

describe("goldens of the corpus", () => {
  it.each(entries)("has the mail of $id", (entry) => {
    const claim = claims.find(({ cells }) => cells.some(({ id }) => id === entry.claim));
    expectGolden(entry.id, mailText(entry, claim === undefined ? {} : { says: claim.says }));
  });

  it("has no others", () => {
    expectOnly(
      "nf-",
      entries.map(({ id }) => id),
    );
  });
});
