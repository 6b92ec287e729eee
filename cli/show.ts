/**
 * `nestfuzz show`: a counterexample in mail form, as a page, or as a drawing.
 */

import type { Command } from "commander";
import type { Entry } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { sentenceOf } from "../report/built-in.js";
import { mailText, oneLineText } from "../report/mail.js";
import { print, refuse } from "./exit.js";
import { DEFAULT_CORPUS, findEntry } from "./stores.js";

interface ShowFlags {
  corpus: string;
  oneLine?: true;
  /** `true` where no file is named. */
  html?: string | true;
  svg?: string | true;
}

export function addShow(program: Command): void {
  program
    .command("show")
    .argument("[id]", "an id of the corpus, or the beginning of one")
    .summary("print a counterexample in mail form, or draw it")
    .description(
      "Prints a counterexample as plain text of at most 72 columns, which is also the input that replays it. With " +
        "--html or --svg writes it as a page to step through, or as a drawing of the failing step.",
    )
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .option("--one-line", "print only the sequence, in one line that nestfuzz replay takes")
    .option("--html [file]", "write a page to step through, one file (default: <id>.html; - for standard output)")
    .option("--svg [file]", "draw the failing step (default: <id>.svg; - for standard output)")
    .addHelpText(
      "after",
      "\nExamples:\n  nestfuzz show nf-1a2b3c4d5e6f | mail -s 'a counterexample' list@example.org\n" +
        "  nestfuzz show nf-1a2b3c4d5e6f --html\n  nestfuzz show nf-1a2b3c4d5e6f --svg slide.svg\n",
    )
    .action(show);
}

async function show(ref: string | undefined, flags: ShowFlags, command: Command): Promise<void> {
  const forms = (["oneLine", "html", "svg"] as const).filter((form) => flags[form] !== undefined);
  const names = forms.map((form) => (form === "oneLine" ? "--one-line" : `--${form}`));
  if (names.length > 1) refuse(`${names.join(" and ")}: a counterexample is shown in one form at a time; leave one`);
  const { id, file } = idAndFile(ref, flags) ?? command.error("error: missing required argument 'id'");
  const found = findEntry(flags.corpus, id);
  if (!found.ok) refuse(...found.problems.map(formatCorpusProblem));
  const entry = found.value;
  if (flags.oneLine === true) printOneLine(entry);
  else if (flags.svg !== undefined) (await import("./show-drawn.js")).writeDrawing(entry, file);
  else if (flags.html !== undefined) (await import("./show-drawn.js")).writePage(entry, file);
  else {
    const says = sentenceOf(entry.claim);
    print(mailText(entry, says === undefined ? {} : { says }));
  }
}

/** In `show --html nf-1a2b3c4d5e6f` what stands behind the flag is the id. */
function idAndFile(ref: string | undefined, { html, svg }: ShowFlags): { id: string; file: string | undefined } | null {
  const given = html ?? svg;
  const file = typeof given === "string" ? given : undefined;
  if (ref !== undefined) return { id: ref, file };
  if (file !== undefined && /^nf-[0-9a-f]+$|\.json$/.test(file)) return { id: file, file: undefined };
  return null;
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
