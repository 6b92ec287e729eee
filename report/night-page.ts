/**
 * A night as a page: one HTML file for a whole run, to be read in the morning, attached or printed.
 *
 * It runs no program and asks for nothing, which its own policy forbids; pictures are drawn when it is written. All of
 * it is a function of the summary and the counterexamples: no clock, no locale, no path of a machine.
 */

import { countText } from "./chart.js";
import { coverageHtml, ratesHtml, trustHtml } from "./night-charts.js";
import { examplesHtml } from "./night-examples.js";
import { FOLDER, type Shown } from "./night-shown.js";
import { NIGHT_CSS } from "./night-style.js";
import { type ClaimOf, exampleLink, verdictsHtml } from "./night-verdicts.js";
import { headHtml } from "./page-head.js";
import { escapeXml } from "./picture.js";
import type { Summary } from "./summary.js";

export interface NightPageParts {
  summary: Summary;
  claimOf: (cell: string) => ClaimOf;
  shown: readonly Shown[];
  /** What is to be said before all else: the run was not finished. */
  remark?: string;
  /** A hash as a policy names it: `sha256-...`. */
  hash: (text: string) => string;
}

export function nightPageHtml({ summary, claimOf, shown, remark, hash }: NightPageParts): string {
  const linked = new Set(shown.map(({ id }) => id));
  const sections: readonly (readonly [id: string, title: string, html: string])[] = [
    ["verdicts", "Verdicts", verdictsHtml(summary, claimOf, linked)],
    ["counterexamples", "Counterexamples", examplesHtml(shown)],
    ["coverage", "Coverage", coverageHtml(summary)],
    ["rates", "Rates", ratesHtml(summary, claimOf)],
    ["trust", "What a silence is worth", trustHtml(summary)],
    ["repeat", "How to repeat it", repeatHtml(summary)],
  ];
  const title = titleOf(summary);
  const links = sections.map(([id, name]) => `<li><a href="#${id}">${name}</a></li>`).join("");
  const style = hash(NIGHT_CSS);
  const policy = `default-src 'none'; style-src '${style}'; img-src data:; base-uri 'none'; form-action 'none'`;
  return `${headHtml({ title, policy, style: NIGHT_CSS })}
<body>
<a class="skip" href="#main">To the verdicts</a>
<header>
<h1>${escapeXml(title)}</h1>
${remark === undefined ? "" : `<p><b>${escapeXml(remark)}</b></p>\n`}${factsHtml(summary)}
<nav aria-label="On this page"><ul>${links}</ul></nav>
</header>
<main id="main" tabindex="-1">
${reasonsHtml(summary, linked)}${sections
  .map(([id, name, html]) => `<section aria-labelledby="${id}">\n<h2 id="${id}">${name}</h2>\n${html}\n</section>`)
  .join("\n")}
</main>
<footer><p>Made by nestfuzz ${escapeXml(summary.version)} from ${escapeXml(summary.schema)}; the same is in
<code>summary.json</code>, for programs.</p></footer>
</body>
</html>
`;
}

function titleOf({ night, green, shard }: Summary): string {
  return `Night ${night}: ${green ? "green" : "red"}${shard === null ? "" : `, shard ${shard.index} of ${shard.of}`}`;
}

function factsHtml({ cells, totals, seed, version, machine, budget }: Summary): string {
  const spent = [
    budget.hours === null ? "" : `${budget.hours} hours`,
    budget.commands === null ? "" : `${countText(budget.commands)} commands`,
  ].filter((text) => text !== "");
  const rows: [string, string][] = [
    ["Began", machine.date],
    ["Seed", seed],
    ["Budget", spent.join(", ")],
    ["Commands", countText(totals.commands)],
    ["Cells", `${cells.length}`],
    ["Findings", `${totals.newFindings} new, ${totals.findings - totals.newFindings} known`],
    ["Version", version],
    // Nobody told of it, where a run was killed.
    ["Machine", machine.node === "" ? "" : `${machine.platform}, Node ${machine.node}`],
  ];
  const told = rows.filter(([, text]) => text !== "");
  const html = told.map(([name, text]) => `<div><dt>${name}</dt><dd>${escapeXml(text)}</dd></div>`);
  return `<dl class="facts">\n${html.join("\n")}\n</dl>`;
}

function reasonsHtml({ red }: Summary, linked: ReadonlySet<string>): string {
  if (red.length === 0) return "";
  const items = red.map((reason) => {
    const parts = reason.split(/(nf-[0-9a-f]{12})/);
    return `<li>${parts.map((part, at) => (at % 2 === 1 ? exampleLink(part, linked) : escapeXml(part))).join("")}</li>`;
  });
  return `<section aria-labelledby="why">
<h2 id="why">Why it is red</h2>
<ul class="reasons">
${items.join("\n")}
</ul>
</section>
`;
}

function repeatHtml({ repeat, night, stopped, budget }: Summary): string {
  const line = (text: string): string => `<pre class="line">${escapeXml(text)}</pre>`;
  const since =
    night === 1
      ? "Without a summary of a night before, as this one had none"
      : `With <code>--since</code> and the summary of night ${night - 1}, which weighs the cells`;
  const hours = budget.hours === null ? "" : "; by the clock it comes as far as the machine does, in the same order";
  const whole = [`<p>The whole night. ${since}${hours}:</p>`, line(`${repeat.night} --out again/`)];
  const slice = [
    "<p>One slice; the others have the numbers that follow, and their sizes are in the journal:</p>",
    line(repeat.slice),
  ];
  const parts = [
    ...(stopped
      ? ["<p>Go on with it, since it was stopped:</p>", line(`nestfuzz nightly --resume --out ${FOLDER}`)]
      : []),
    ...(repeat.night === "" ? [] : whole),
    ...(repeat.slice === "" ? [] : slice),
    "<p>A counterexample: the line that stands with it, or its mail into <code>nestfuzz replay -</code>. A new " +
      "one is known from then on:</p>",
    line(`nestfuzz corpus accept nf-... --from ${FOLDER}`),
    "<p>This page, and the same on a terminal:</p>",
    line(`nestfuzz report ${FOLDER} --html\nnestfuzz report ${FOLDER}`),
    `<p class="legend">${FOLDER}: the folder of the run, what <code>--out</code> named.</p>`,
  ];
  return parts.join("\n");
}
