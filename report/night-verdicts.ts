/** The verdicts of a night as a table, claim by claim: what was expected, what came, on what it rests, since when. */

import { countText } from "./chart.js";
import { historySvg, historyText, nightsShown } from "./chart-history.js";
import { escapeXml } from "./picture.js";
import type { Summary, SummaryCell } from "./summary.js";

/** What a cell is about. */
export interface ClaimOf {
  claim: string;
  says: string;
}

export function verdictsHtml(
  summary: Summary,
  claimOf: (cell: string) => ClaimOf,
  linked: ReadonlySet<string>,
): string {
  const groups = groupBy(summary.cells, ({ cell }) => claimOf(cell).claim);
  const bodies = groups.map((rows) => {
    const { claim, says } = claimOf(rows[0]!.cell);
    const head = `<b>${escapeXml(claim)}</b> ${escapeXml(says)}`;
    const cells = rows.map((row) => rowHtml(row, summary, linked)).join("\n");
    const first = `<tr class="claim"><th colspan="${HEADS.length}" scope="rowgroup">${head}</th></tr>`;
    return `<tbody>\n${first}\n${cells}\n</tbody>`;
  });
  const nights = nightsShown(summary.night);
  const heads = HEADS.map((head) => `<th scope="col"${isNumber(head) ? ' class="number"' : ""}>${head}</th>`).join("");
  const which = nights.length === 1 ? `night ${summary.night}` : `nights ${nights[0]} to ${summary.night}`;
  return `<table class="cells">
<caption>History: ${which}, a bar a night, high where it fails, low where it stands, in the colour of its mark; a gap
where its rules changed.</caption>
<thead><tr>${heads}</tr></thead>
${bodies.join("\n")}
</table>
<p class="legend">commands: run tonight; settled: requests that were settled again after a change, and checked; stale:
stale values seen while they were allowed; ways: of transition and cache, seen stale tonight and in all nights, of all
there are; since: the night since which the verdict stands under these rules, and the commands since then. idle: nothing
of the kind was seen, so the verdict says little; accepted: fails where it should stand, as is known; part: one shard
tells too little.</p>`;
}

const HEADS = ["cell", "verdict", "mark", "history", "since", "commands", "settled", "stale", "ways"] as const;
type Head = (typeof HEADS)[number];

function isNumber(head: Head): boolean {
  return ["commands", "settled", "stale", "ways"].includes(head);
}

function rowHtml(row: SummaryCell, { night, machine }: Summary, linked: ReadonlySet<string>): string {
  const { cell, expected, verdict, mark, evidence, counterexample, since, history, coverage } = row;
  const shown = mark === "ok" ? "ok" : mark === "red" ? "RED" : mark;
  const day = machine.since[cell];
  const on = day === undefined ? "" : ` (${escapeXml(day)})`;
  const texts: Record<Exclude<Head, "cell">, string> = {
    verdict: `<span>${verdict}${verdict === expected ? "" : `, expected ${expected}`}${
      counterexample === null ? "" : ` ${exampleLink(counterexample, linked)}`
    }${evidence === "corpus" ? ", by a committed one" : ""}</span>`,
    mark: `<span class="mark is-${mark}">${shown}</span>`,
    history: history.length === 0 ? escapeXml(historyText(history)) : historySvg(history, night),
    since: `<span>night ${since.night}${on}, ${countText(since.commands)} commands</span>`,
    commands: countText(row.commands),
    settled: countText(row.settled),
    stale: countText(row.stale),
    ways: `${coverage.tonight}, ${coverage.ever} of ${coverage.reachable}`,
  };
  const kindOf = (head: Head): string => (isNumber(head) ? "number" : head === "since" ? "wide" : "");
  const columns = HEADS.flatMap((head) =>
    head === "cell" ? [] : [`<td class="${kindOf(head)}" data-label="${head}">${texts[head]}</td>`],
  );
  return `<tr><th scope="row" id="cell-${escapeXml(cell)}">${escapeXml(cell)}</th>${columns.join("")}</tr>`;
}

/** To its place on the page, where it has one. */
export function exampleLink(id: string, linked: ReadonlySet<string>): string {
  return linked.has(id) ? `<a href="#${escapeXml(id)}">${escapeXml(id)}</a>` : escapeXml(id);
}

function groupBy<T>(list: readonly T[], keyOf: (one: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of list) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()];
}
