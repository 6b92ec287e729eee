/** The pictures of a night: what was reached, how fast it went and on how much memory, how sharp it was. */

import { countText, roughText } from "./chart.js";
import { type Bar, barsSvg } from "./chart-bars.js";
import { courseSvg } from "./chart-course.js";
import { matrixSvg, type ReachedRow, rowsOf, SHADES } from "./chart-matrix.js";
import type { ClaimOf } from "./night-verdicts.js";
import { escapeXml } from "./picture.js";
import type { Summary, SummaryReached } from "./summary.js";

/** Names of what was not reached, at most so many. */
const LISTED = 24;

export function coverageHtml({ coverage }: Summary): string {
  if (coverage.contracts.length === 0) return "<p>This summary is of an older version, which does not tell.</p>";
  const pictures = coverage.contracts.map((reached) => matrixHtml(reached, rowsOf(reached, coverage.transitions)));
  const swatch = (kind: string, text: string): string => {
    const path = kind === "earlier" ? "M4 4h4v4h-4z" : "M1 1h10v10h-10z";
    const svg = '<svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">';
    return `<span class="swatch">${svg}<path class="${kind}" d="${path}"/></svg> ${text}</span>`;
  };
  const shades = SHADES.map((from, at) => swatch(`heat${at + 1}`, `${roughText(from)} or more`));
  const legend = [swatch("heat0", "never"), swatch("earlier", "in earlier nights alone"), ...shades].join(" \u00a0 ");
  return `<p>By contract, and in it by rule: for each transition how often it occurred tonight, and in which caches a
value went stale behind it. ${coverage.transitions.length} transitions; caches are those that the units of the cells
have.</p>
<p class="legend">${legend}</p>
<div class="matrices">
${pictures.join("\n")}
</div>`;
}

function matrixHtml(reached: SummaryReached, rows: readonly ReachedRow[]): string {
  const ways = rows.flatMap(({ rule, transition, caches }) =>
    caches.map(({ cache, times, isEver }) => ({ name: `${rule}: ${transition} x ${cache}`, times, isEver })),
  );
  const kinds = rows.filter(({ occurred }) => occurred > 0).length;
  const tonight = ways.filter(({ times }) => times > 0).length;
  const missed = ways.filter(({ isEver }) => !isEver).map(({ name }) => name);
  const reachedText =
    ways.length === 0
      ? "no cell looks into caches"
      : `stale in ${tonight} of ${ways.length} ways tonight, in ${ways.length - missed.length} in all nights`;
  const label = `${reached.contract}: ${kinds} of ${rows.length} transitions occurred; ${reachedText}`;
  const more = missed.length > LISTED ? `, and ${missed.length - LISTED} more` : "";
  const left =
    missed.length === 0
      ? ""
      : `<details><summary>Never reached: ${missed.length}</summary>` +
        `<p class="legend">${escapeXml(missed.slice(0, LISTED).join(", ") + more)}</p></details>`;
  return `<details class="matrix" open><summary><b>${escapeXml(reached.contract)}</b> <span class="soft">${kinds} of
${rows.length} transitions; ${reachedText}</span></summary>${matrixSvg(rows, label)}${left}</details>`;
}

export function ratesHtml({ machine, cells, totals }: Summary, claimOf: (cell: string) => ClaimOf): string {
  const { seconds, workers, commandsPerSecond, memory, course } = machine;
  const megabytes = (bytes: number): string => countText(Math.round(bytes / 1e6));
  const told =
    memory.peak === 0
      ? ""
      : ` Memory of all processes: ${megabytes(memory.start)} MB when the workers were warm, ${
          memory.minute5 === null ? "" : `${megabytes(memory.minute5)} MB at minute five, `
        }${megabytes(memory.end)} MB at the end, ${megabytes(memory.peak)} MB at most.`;
  // Of what was merged or killed nobody told.
  const on = workers === 0 ? "" : `on ${workers} ${workers === 1 ? "worker" : "workers"}`;
  const facts = `<p>${countText(totals.commands)} commands in ${countText(totals.slices)} slices and ${countText(
    Math.round(seconds),
  )} s ${on}: ${countText(commandsPerSecond)} a second.${told}</p>`;
  const figures: string[] = [];
  if (course.commands.length > 0) {
    const lengths = course.commands.map((_, at) => Math.min(course.seconds, seconds - at * course.seconds));
    // A last part that is hardly begun has no rate.
    const whole = lengths.findIndex((length, at) => at > 0 && length < course.seconds / 4);
    const rates = course.commands.map((commands, at) => commands / Math.max(lengths[at]!, course.seconds / 4));
    const shown = whole < 0 ? rates : rates.slice(0, whole);
    const label = `Commands a second over the night: ${roughText(Math.max(...shown))} at most`;
    figures.push(figure("Commands a second", courseSvg({ label, seconds: course.seconds, values: shown, unit: "" })));
    const most = Math.max(...course.memory);
    // Where no slice ended nothing was told: it is what it was.
    const held = course.memory.map((_, at) => course.memory.slice(0, at + 1).findLast((bytes) => bytes > 0) ?? 0);
    if (most > 0)
      figures.push(
        figure(
          workers === 0 ? "Memory of the largest shard" : "Memory of all processes",
          courseSvg({ label: `Memory: ${roughText(most)}B at most`, seconds: course.seconds, values: held, unit: "B" }),
        ),
      );
  }
  const byClaim = claimRates(cells, machine.busy, claimOf);
  const bars = columnsOf(byClaim, Math.ceil(byClaim.length / COLUMN)).map((part) =>
    barsSvg(
      `Commands for each second of a worker: ${part.map(({ name, text }) => `${name} ${text}`).join(", ")}`,
      part,
      Math.max(...byClaim.map(({ value }) => value)),
    ),
  );
  const byClaimHtml = `<figure><figcaption>By claim: commands for each second of a worker, with shrinking</figcaption>
<div class="charts">
${bars.join("\n")}
</div></figure>`;
  return `${facts}
<div class="charts">
${figures.join("\n")}
</div>
${bars.length === 0 ? "" : byClaimHtml}`;
}

/** In so many parts of one length. */
function columnsOf(bars: readonly Bar[], count: number): Bar[][] {
  const size = Math.ceil(bars.length / count);
  return Array.from({ length: count }, (_, at) => bars.slice(at * size, (at + 1) * size)).filter(
    (part) => part.length > 0,
  );
}

/** Bars of one picture. */
const COLUMN = 20;

function claimRates(
  cells: Summary["cells"],
  busy: Summary["machine"]["busy"],
  claimOf: (cell: string) => ClaimOf,
): Bar[] {
  const sums = new Map<string, { commands: number; seconds: number }>();
  for (const { cell, commands } of cells) {
    const sum = sums.get(claimOf(cell).claim) ?? { commands: 0, seconds: 0 };
    sums.set(claimOf(cell).claim, { commands: sum.commands + commands, seconds: sum.seconds + (busy[cell] ?? 0) });
  }
  const told = [...sums].filter(([, { seconds }]) => seconds > 0);
  return told.map(([name, { commands, seconds }]) => {
    const value = Math.round(commands / seconds);
    return { name, value, text: roughText(value), kind: "bar" };
  });
}

export function trustHtml({ canary, detection, trouble, machine }: Summary): string {
  const planted = (canary ?? []).map(({ family, planted: what, commands }) =>
    commands === null
      ? `<li><b class="mark is-red">not found</b> ${escapeXml(what)} (${escapeXml(family)})</li>`
      : `<li><b class="mark is-ok">found</b> in ${countText(commands)} commands: ${escapeXml(what)}</li>`,
  );
  const none = canary === null ? "The canary is switched off." : "No bug was planted.";
  const canaries = planted.length === 0 ? `<p>${none}</p>` : `<ul>\n${planted.join("\n")}\n</ul>`;
  const bars = detection.bugs.map(({ id, chance }): Bar => {
    return {
      name: id,
      value: chance,
      text: `${Math.round(100 * chance)} %`,
      kind: chance >= 0.9 ? "is-ok" : "is-accepted",
    };
  });
  const charts = columnsOf(bars, 3).map((part) =>
    barsSvg(`Chance to find ${part.map(({ name, text }) => `${name} ${text}`).join(", ")}`, part, 1),
  );
  const workers = [
    ...trouble.map(({ cell, what, repeat }) => `${cell}: ${what}; ${repeat}`),
    ...machine.replaced.map((what) => `replaced: ${what}`),
  ].map((text) => `<li>${escapeXml(text)}</li>`);
  return `<h3>Canary: bugs planted tonight</h3>
${canaries}
<h3>Detection power: ${detection.found} of ${detection.of} known bugs</h3>
<p>Tonight's commands find ${detection.found} of the ${detection.of} bugs of the gallery (docs/gallery.md) with nine
seeds of ten, ${detection.mean} on average: of twenty seeds, the share with which the commands on the bug's unit
were enough.</p>
<details open><summary>Bug by bug</summary><div class="charts">
${charts.join("\n")}
</div></details>${workers.length === 0 ? "" : `\n<h3>Workers</h3>\n<ul>\n${workers.join("\n")}\n</ul>`}`;
}

function figure(caption: string, svg: string): string {
  return `<figure><figcaption>${caption}</figcaption>${svg}</figure>`;
}
