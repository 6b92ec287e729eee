/**
 * `nestfuzz show`: a counterexample in mail form.
 */

import type { Command } from "commander";
import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { mailText, oneLineText } from "../report/mail.js";
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
    .option("--one-line", "print only the sequence, in one line that nestfuzz replay takes")
    .addHelpText("after", "\nExample:\n  nestfuzz show nf-1a2b3c4d5e6f | mail -s 'a counterexample' list@example.org\n")
    .action((ref: string, flags: { corpus: string; oneLine?: true }) => {
      const found = findEntry(flags.corpus, ref);
      if (!found.ok) return refuse(...found.problems.map(formatCorpusProblem));
      const entry = found.value;
      if (flags.oneLine === true) return printOneLine(entry);
      const claim = allClaims().find(({ cells }) => cells.some(({ id }) => id === entry.claim));
      return print(mailText(entry, claim === undefined ? {} : { says: claim.says }));
    });
}

function printOneLine(entry: Entry): void {
  const { line, untold } = oneLineText(entry);
  if (untold.length > 0)
    refuse(
      `${entry.id}: its ${untold.join(" and its ")} is not built in, and no rule line can tell it; known: rules that ` +
        `differ from built-in ones in rows; replay ${entry.id} from its corpus`,
    );
  print(line);
}
