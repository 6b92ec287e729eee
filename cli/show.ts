/**
 * `nestfuzz show`: a counterexample in mail form.
 */

import type { Command } from "commander";
import { formatCorpusProblem } from "../corpus/problems.js";
import { mailText } from "../report/mail.js";
import { allClaims } from "./cells.js";
import { print, refuse } from "./exit.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";

export function addShow(program: Command): void {
  program
    .command("show")
    .argument("<id>", "an id of the corpus, or the beginning of one")
    .summary("print a counterexample in mail form")
    .description(
      "Prints a counterexample as plain text of at most 72 columns, which is also the input that replays it.",
    )
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz show nf-1a2b3c4d5e6f | mail -s 'a counterexample' list@example.org\n")
    .action((ref: string, flags: { corpus: string }) => {
      const found = findEntry(flags.corpus, ref);
      if (!found.ok) return refuse(...found.problems.map(formatCorpusProblem));
      const entry = found.value;
      const claim = allClaims().find(({ cells }) => cells.some(({ id }) => id === entry.claim));
      return print(mailText(entry, claim === undefined ? {} : { says: claim.says }));
    });
}
