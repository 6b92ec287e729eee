/**
 * A night as Markdown: the job summary of a CI engine, and what is read first in the morning.
 */

import type { Summary, SummaryCell, SummaryFinding } from "./summary.js";

export function nightMarkdown(summary: Summary): string {
  const blocks = [
    headLines(summary),
    redLines(summary),
    findingTable("New findings", summary.findings, true),
    cellTable(summary),
    findingTable("Known findings", summary.findings, false),
    trustLines(summary),
    machineLines(summary),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function headLines({ green, seed, night, shard, totals, cells, version }: Summary): string[] {
  const part = shard === null ? "" : `, shard ${shard.index} of ${shard.of}`;
  return [
    `# Night ${night}: ${green ? "green" : "red"}`,
    "",
    `${totals.commands} commands in ${totals.slices} slices over ${cells.length} cells; ` +
      `${totals.newFindings} new findings, ${totals.findings - totals.newFindings} known. ` +
      `Seed \`${seed}\`${part}, version ${version}.`,
  ];
}

function redLines({ red }: Summary): string[] {
  return red.length === 0 ? [] : ["## Why it is red", "", ...red.map((reason) => `- ${cellText(reason)}`)];
}

function cellTable({ cells, machine }: Summary): string[] {
  const head = ["cell", "expected", "verdict", "", "commands", "settled", "stale", "ways", "since", "counterexample"];
  const rows = cells.map((row) => [
    row.cell,
    row.expected,
    row.verdict,
    row.mark,
    `${row.commands}`,
    `${row.settled}`,
    `${row.stale}`,
    waysText(row),
    `night ${row.since.night} (${machine.since[row.cell]}), ${row.since.commands} commands`,
    row.counterexample ?? "",
  ]);
  const legend =
    "settled: requests that were settled again after a change, and checked; stale: stale values seen while they were " +
    "allowed; ways: of transition and cache, seen stale tonight, in all nights, of all there are; since: the night " +
    "since which the verdict stands, and the commands run since then.";
  return ["## Cells", "", ...table(head, rows), "", legend];
}

function waysText({ coverage: { tonight, ever, reachable } }: SummaryCell): string {
  return `${tonight}, ${ever} of ${reachable}`;
}

function findingTable(title: string, findings: readonly SummaryFinding[], isNew: boolean): string[] {
  const shown = findings.filter((finding) => finding.isNew === isNew);
  if (shown.length === 0) return [];
  const head = ["id", "cells", "contract", "row", "cache", "property", "severity", "length", "slices"];
  const rows = shown.map((finding) => [
    finding.id,
    finding.cells.join(", "),
    finding.contract,
    finding.row === "" ? "none" : `${finding.row} (${finding.at})`,
    finding.cache,
    finding.property,
    finding.severity,
    `${finding.length}`,
    `${finding.times}`,
  ]);
  const how = isNew ? ["", "Accept one with `nestfuzz corpus accept ID --from FOLDER`."] : [];
  return [`## ${title}`, "", ...table(head, rows), ...how];
}

function trustLines({ canary, detection, trouble }: Summary): string[] {
  const planted = (canary ?? []).map(({ planted: what, commands }) =>
    commands === null ? `- **not found**: ${cellText(what)}` : `- ${cellText(what)}: found in ${commands} commands`,
  );
  return [
    "## Trust",
    "",
    `Detection power: tonight's commands find ${detection.found} of the ${detection.of} known bugs of the gallery ` +
      `with nine seeds of ten, ${detection.mean} on average.`,
    "",
    ...(canary === null ? ["No bug was planted: the canary is off."] : ["Planted tonight:", "", ...planted]),
    ...trouble.map(({ cell, what, repeat }) => `- worker: ${cell}: ${cellText(what)}; \`${repeat}\``),
  ];
}

function machineLines({ machine }: Summary): string[] {
  const { seconds, workers, commandsPerSecond, memory, replaced } = machine;
  const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
  return [
    "## Machine",
    "",
    `${Math.round(seconds)} s on ${workers} workers, ${commandsPerSecond} commands a second; memory ` +
      `${megabytes(memory.start)} MB at the start, ${megabytes(memory.end)} MB at the end, ` +
      `${megabytes(memory.peak)} MB at most.`,
    ...replaced.map((what) => `- replaced: ${cellText(what)}`),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function cellText(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").replace(/[|<]/g, (mark) => (mark === "|" ? "\\|" : "&lt;"));
}
