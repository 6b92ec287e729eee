/**
 * `nestfuzz explain`: why a counterexample works, in words, and the smallest change of its contract that prevents it.
 */

import type { Command } from "commander";
import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { toldBy } from "../report/mail.js";
import { failureSentence, ruleSentence, sourceSentence, whySentences } from "../report/sentences.js";
import { type StepReport, stepReport } from "../report/steps.js";
import { wrap, wrapAfter } from "../report/text.js";
import { owesText } from "../report/words.js";
import { smallestAmendment } from "../verdicts/amendment.js";
import { print, refuse } from "./exit.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";

const WIDTH = 100;

export function addExplain(program: Command): void {
  program
    .command("explain")
    .argument("<id>", "an id of the corpus, or the beginning of one")
    .summary("say why a counterexample works, and what would prevent it")
    .description(
      "Says which value was cached when and by which walk, which command did not remove it and why, and names the " +
        "smallest change of one rule that would have prevented it, tried by replay.",
    )
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .addHelpText("after", "\nExample:\n  nestfuzz explain nf-1a2b3c4d5e6f\n")
    .action(async (ref: string, flags: { corpus: string }) => {
      const found = findEntry(flags.corpus, ref);
      if (!found.ok) return refuse(...found.problems.map(formatCorpusProblem));
      return print(await explanation(found.value));
    });
}

async function explanation(entry: Entry): Promise<string> {
  const steps = stepReport(entry, undefined, toldBy(entry));
  if (!steps.ok) throw new Error(`${steps.path.join(" ")}: ${steps.detail}`);
  const blocks = [
    [`${entry.id}: ${entry.failure.property} fails for ${entry.target?.name ?? entry.failure.strategy}`],
    entry.commands.map((command, at) => `  ${String(at + 1).padStart(2)}  ${command}`),
    whyLines(steps.value, entry),
    await changeLines(entry),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function whyLines({ why }: StepReport, { failure }: Entry): string[] {
  const rule = why?.failed ?? null;
  return [
    ...wrap(`After step ${failure.step} ${failureSentence(failure)}.`, WIDTH),
    ...(why === null ? [] : whySentences(why, failure.strategy).flatMap((sentence) => wrap(sentence, WIDTH))),
    ...(rule === null ? [] : wrapAfter("Rule: ", ruleSentence(rule), WIDTH)),
    ...(rule === null ? [] : wrapAfter("      source: ", sourceSentence(rule), WIDTH)),
  ];
}

async function changeLines(entry: Entry): Promise<string[]> {
  const { contract, failure, target } = entry;
  if (target !== undefined)
    return wrap(`No contract is at fault: ${target.name} gives what no unit of this architecture may.`, WIDTH);
  if (failure.property === "refinement")
    return wrap(`No contract is at fault: the ${failure.strategy} gives what no legal cache could hold.`, WIDTH);
  const amendment = await smallestAmendment(entry);
  if (amendment === null) return ["No change of one rule would have prevented it, of those that were tried."];
  const { row, owes, commands } = amendment;
  const tried =
    "with it the sequence breaks nothing, nor when all that is then owed has been sent; and " +
    `${commands} commands found nothing more that this row is to blame for`;
  return [
    `Smallest change of ${contract.name} that would have prevented it, in row ${row.id} (${row.at}):`,
    ...wrapAfter("  owes     ", owesText(row.stages), WIDTH),
    ...wrapAfter("  instead  ", owesText(owes), WIDTH),
    ...wrapAfter("  tried    ", tried, WIDTH),
  ];
}
