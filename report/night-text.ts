/**
 * A night on the terminal: a line a cell, then findings, what the silence is worth, and the colour.
 */

import { CLAIMS_WIDTH } from "./claims.js";
import type { Summary } from "./summary.js";
import { type Column, tableLines, wrap, wrapAfter } from "./text.js";

export function nightText(summary: Summary, width = CLAIMS_WIDTH): string {
  const blocks = [
    cellLines(summary, width),
    findingLines(summary, width),
    trustLines(summary, width),
    lastLines(summary),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n").trimEnd())
    .join("\n\n");
}

function cellLines({ cells }: Summary, width: number): string[] {
  const columns: Column[] = [
    { title: "cell" },
    { title: "expected" },
    { title: "verdict" },
    { title: "" },
    { title: "commands", align: "right" },
    { title: "settled", align: "right" },
    { title: "stale", align: "right" },
    { title: "ways", align: "right" },
    { title: "since", align: "right" },
    { title: "counterexample" },
  ];
  const rows = cells.map((row) => [
    row.cell,
    row.expected,
    row.verdict,
    row.mark === "red" ? "RED" : row.mark,
    `${row.commands}`,
    `${row.settled}`,
    `${row.stale}`,
    `${row.coverage.tonight}/${row.coverage.reachable}`,
    `${row.since.night}`,
    row.counterexample ?? "",
  ]);
  const legend =
    "settled: requests that were settled again after a change, and checked; stale: stale values seen while they were " +
    "allowed; ways: of transition and cache that went stale behind it, of all there are; since: the night since " +
    "which the verdict stands; idle: nothing of the kind was seen; accepted: fails where it should stand, as is known.";
  return [...tableLines(columns, rows, width), "", ...wrap(legend, width)];
}

function findingLines({ findings }: Summary, width: number): string[] {
  return findings
    .filter(({ isNew }) => isNew)
    .flatMap(({ id, cells, contract, row, at, cache, severity, times }) =>
      wrapAfter(
        `new ${id}: `,
        `${severity} in ${cells.join(", ")}: ${row === "" ? `no row of ${contract}` : `${row} (${at})`}, ${cache}; ` +
          `seen ${times} times`,
        width,
      ),
    );
}

function trustLines({ canary, detection, machine, totals }: Summary, width: number): string[] {
  const planted =
    canary === null
      ? "canary: switched off"
      : `canary: ${canary.filter(({ commands }) => commands !== null).length} of ${canary.length} planted bugs found`;
  return [
    planted,
    ...wrapAfter(
      "detection power: ",
      `tonight's commands find ${detection.found} of ${detection.of} known bugs with nine seeds of ten, ` +
        `${detection.mean} on average`,
      width,
    ),
    `${totals.commands} commands in ${totals.slices} slices`,
    ...machine.replaced.map((what) => `replaced: ${what}`),
  ];
}

function lastLines({ green, red, cells, night, seed, shard }: Summary): string[] {
  const part = shard === null ? "" : `, shard ${shard.index} of ${shard.of}`;
  const which = `night ${night}, seed ${seed}${part}`;
  const accepted = cells.filter(({ mark }) => mark === "accepted").length;
  const failing = accepted === 0 ? "" : `, ${accepted} of them failing as was accepted`;
  return green ? [`green: ${cells.length} cells${failing}, ${which}`] : [...red, `red: ${which}`];
}
