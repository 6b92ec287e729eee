/**
 * The page: one HTML file with everything in it, for a counterexample to step through, or for a designer's sequence.
 *
 * It carries the rules and the sequence as data, and the program of `page/`, which runs the models in the reader's
 * browser and draws each step. Nothing is fetched: its own policy forbids it, by the hashes of its style and its
 * program. The mail form stands in it as text, for those who run no programs in pages.
 */

import type { Setting } from "../corpus/entry.js";
import { headHtml } from "./page-head.js";
import { pageCss } from "./page-style.js";
import { escapeXml } from "./picture.js";
import type { Told } from "./steps.js";

/** What the program of the page is given. */
export interface PageData {
  /** `step`: the sequence is fixed; `explore`: it can be edited, and rules are asked for at `rules` beside the page. */
  kind: "step" | "explore";
  setting: Setting;
  told: Told | null;
  /** The sequence as text, header included; empty for `step`. */
  text: string;
}

/** All of a setting but the commands: what the header of a sequence decides. */
export type Rules = Omit<Setting, "commands">;

export interface TextError {
  line: number;
  column: number;
  message: string;
}

/** What `rules?header=...` answers to the page of `explore`; places are those of the header as it was sent. */
export type RulesAnswer = { ok: true; rules: Rules } | { ok: false; errors: TextError[] };

export interface PageParts {
  title: string;
  /** The sentence of the claim, or empty. */
  says: string;
  /** Of rules and start; none where they can be edited. */
  facts: readonly (readonly [string, string])[];
  data: PageData;
  /** The mail form; empty where there is no counterexample. */
  mail: string;
  /** How to get the same without the page. */
  footer: string;
  /** The bundled program of `page/`. */
  program: string;
  /** A hash as a policy names it: `sha256-...`. */
  hash: (text: string) => string;
}

/** The whole file, and the policy that goes with it, which a server sends as a header too. */
export function pageHtml(parts: PageParts): { html: string; policy: string } {
  const { title, says, facts, data, mail, footer, program, hash } = parts;
  const style = pageCss();
  const connect = data.kind === "explore" ? "'self'" : "'none'";
  const policy =
    `default-src 'none'; script-src '${hash(program)}'; style-src '${hash(style)}'; connect-src ${connect}; ` +
    "img-src data:; base-uri 'none'; form-action 'none'";
  const html = `${headHtml({ title, policy, style })}
<body>
<a class="skip" href="#main">To the step</a>
<header>
<h1>${escapeXml(title)}</h1>
${says === "" ? "" : `<p class="claim">${escapeXml(says)}</p>\n`}${factsHtml(facts)}</header>
<div class="columns">
<div class="side">
${data.kind === "explore" ? EDITOR : ""}<nav aria-label="Steps">
<h2>Steps</h2>
<ol class="steps mono" id="steps"></ol>
</nav>
</div>
<main id="main" tabindex="-1">
<div class="bar">
<button type="button" id="first">Start</button>
<button type="button" id="back">Back</button>
<button type="button" id="next">Next</button>
<button type="button" id="last">End</button>
<button type="button" id="theme" class="theme">Dark or light</button>
<button type="button" id="keys" aria-haspopup="dialog">Keys (?)</button>
</div>
<h2 id="title" aria-live="polite"></h2>
<ul class="says" id="says"></ul>
<div class="drawing" id="drawing" role="region" aria-label="Picture of the step" tabindex="0"></div>
<details class="words" id="in-words"><summary>The picture in words</summary><div id="words"></div></details>
<section class="why" id="why" aria-label="The violation" hidden></section>
${mailHtml(mail)}<noscript><p>The pictures are drawn by a program in this page, which does not run here.</p></noscript>
</main>
</div>
<footer><p>${escapeXml(footer)}</p></footer>
${HELP}
<script type="application/json" id="data">${jsonFor(data)}</script>
<script>${program}</script>
</body>
</html>
`;
  return { html, policy };
}

function mailHtml(mail: string): string {
  if (mail === "") return "";
  const summary = "<summary>As a mail, to cite and to replay</summary>";
  return `<details id="mail">${summary}<pre tabindex="0">${escapeXml(mail)}</pre></details>\n`;
}

function factsHtml(facts: PageParts["facts"]): string {
  const rows = facts.map(([name, text]) => `<div><dt>${escapeXml(name)}</dt><dd>${escapeXml(text)}</dd></div>`);
  return rows.length === 0 ? "" : `<dl class="facts">\n${rows.join("\n")}\n</dl>\n`;
}

/** JSON that cannot end the element it stands in. */
function jsonFor(data: unknown): string {
  return JSON.stringify(data).replace(/</g, "\\u003c");
}

const EDITOR = `<section class="editor" aria-label="Editor">
<h2><label for="text">Sequence</label></h2>
<div class="code"><ol id="gutter" aria-hidden="true"></ol><textarea id="text" spellcheck="false" autocomplete="off"
 autocapitalize="off" wrap="off" aria-describedby="state"></textarea></div>
<p id="state" role="status"></p>
<ol class="errors" id="errors"></ol>
</section>
`;

const HELP = `<dialog id="help" aria-labelledby="help-title">
<h2 id="help-title">Keys</h2>
<table>
<tbody>
<tr><td><kbd>&rarr;</kbd> <kbd>&darr;</kbd></td><td>next step</td></tr>
<tr><td><kbd>&larr;</kbd> <kbd>&uarr;</kbd></td><td>step before</td></tr>
<tr><td><kbd>Home</kbd> <kbd>End</kbd></td><td>start, last step</td></tr>
<tr><td><kbd>?</kbd></td><td>this list</td></tr>
<tr><td><kbd>Esc</kbd></td><td>closes it</td></tr>
</tbody>
</table>
<p>The address ends in the step: copy it to link to one. Page up, page down and space scroll.</p>
<button type="button" id="close">Close</button>
</dialog>`;
