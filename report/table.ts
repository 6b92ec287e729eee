/**
 * What `nestfuzz replay` prints: a table of the steps, what is owed and remarked at each, then the violation or none.
 */

import type { EntryFailure } from "../corpus/entry.js";
import { contractRef } from "./built-in.js";
import { failureSentence, propertySentence, ruleSentence, sourceSentence, whySentences } from "./sentences.js";
import type { Answers, StepReport, StepRow } from "./steps.js";
import { ascii, type Column, tableLines, wrap, wrapAfter } from "./text.js";
import { outcomesText, placeText, requestText } from "./words.js";

export const TABLE_WIDTH = 100;

/** The whole text, lines ended by newlines. */
export function stepTable(report: StepReport, width = TABLE_WIDTH): string {
  const blocks = [
    headLines(report, width),
    tableOf(report, width),
    legendLines(report, width),
    remarkLines(report, width),
    verdictLines(report, width),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(ascii).join("\n"))
    .join("\n\n")}\n`;
}

function headLines({ setting, focus }: StepReport, width: number): string[] {
  const { architecture, contract, strategies, properties, geometry, start } = setting;
  return [
    ...wrapAfter("rules       ", `architecture ${architecture.name}, contract ${contractRef(contract)}`, width),
    ...wrapAfter("checked     ", `${strategies.join(", ")}: ${properties.join(", ")}`, width),
    ...wrapAfter("start       ", `geometry ${geometry}, contexts ${start}`, width),
    ...(focus === null ? [] : [`request     ${requestText(focus)}`]),
  ];
}

function tableOf({ columns, rows }: StepReport, width: number): string[] {
  const titles: Column[] = [
    { title: "step", align: "right" },
    { title: "actor" },
    { title: "action", wraps: true },
    ...columns.map((title) => ({ title, wraps: true })),
    { title: "unsettled", align: "right" },
  ];
  const cells = rows.flatMap((row) => [
    [`${row.step}`, row.actor, row.action, ...answersText(row.focus), `${row.unsettled}`],
    ...(row.dma === null
      ? []
      : [["", "", `  gets, ${placeText(row.dma.request)}`, ...answersText(row.dma.answers), ""]]),
  ]);
  return tableLines(titles, cells, width);
}

const answersText = (answers: Answers): string[] => answers.map(outcomesText);

function legendLines({ columns, focus }: StepReport, width: number): string[] {
  const what =
    focus === null ? "no request was named" : `what each would answer to the ${requestText(focus)} after the step`;
  const meanings: Record<string, string> = {
    oracle: "oracle walks the tables as they are",
    hardware: "hardware is one unit with caches",
    envelope: "envelope is all that any legal unit may answer",
    shadow: "shadow is the host's merged table",
    target: "target is the unit outside this process, where it was asked",
  };
  const named = columns.map((column) => meanings[column]!).join(", ");
  return wrap(
    `Columns: ${what}; ${named}; unsettled counts the requests for which an invalidation is still owed.`,
    width,
  );
}

/** What is owed for the request in focus, and what a step did not do. */
function remarkLines({ rows }: StepReport, width: number): string[] {
  return rows.flatMap((row) => {
    const lead = `step ${row.step}: `;
    const sent = row.manual === "" ? [] : [`sent: ${row.manual}`];
    return [...sent, ...row.notes, ...owed(row)].flatMap((text) => wrapAfter(lead, text, width));
  });
}

function owed({ waits }: StepRow): string[] {
  return waits.map((text) => `owed: ${text}`);
}

function verdictLines({ failure, why, isInconclusive, rows, setting }: StepReport, width: number): string[] {
  if (isInconclusive) return wrap("inconclusive: a capacity was reached, so the run says nothing from there on", width);
  if (failure === null) return [`no violation in ${rows.length - 1} steps of ${setting.commands.length}`];
  return [
    ...wrapAfter("violation: ", `${failure.property} after step ${failure.step}: ${failureSentence(failure)}`, width),
    ...violationLines(failure, width),
    ...(why?.failed == null
      ? []
      : [
          ...wrapAfter("  rule      ", ruleSentence(why.failed), width),
          ...wrapAfter("  source    ", sourceSentence(why.failed), width),
        ]),
    ...(why === null
      ? []
      : whySentences(why, failure.strategy).flatMap((text, at) =>
          wrapAfter(at === 0 ? "  why       " : "            ", text, width),
        )),
  ];
}

function violationLines({ expected, actual, severity, property }: EntryFailure, width: number): string[] {
  return [
    ...wrapAfter("  property  ", propertySentence(property), width),
    `  expected  ${expected.text}`,
    `  actual    ${actual.text}`,
    `  severity  ${severity}`,
  ];
}
