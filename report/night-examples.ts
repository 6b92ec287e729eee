/** The counterexamples of a night: new, known and gone, each with its lines to replay it and its mail. */

import { type Shown, type ShownState, STATES } from "./night-shown.js";
import { escapeXml } from "./picture.js";

/** Mails are told in full up to so many; the rest keep the line that replays them, and the page its size. */
const MAILS = 150;

const HEADS: Readonly<Record<ShownState, { title: string; none: string; says: string }>> = {
  new: {
    title: "New",
    none: "None: whatever failed tonight is known.",
    says: "No committed counterexample has their id or their cause; each turns the night red until it is accepted.",
  },
  known: {
    title: "Known",
    none: "None is committed for these cells.",
    says: "Committed, or of the cause of a committed one; they fail under the rules as they are now.",
  },
  gone: {
    title: "Gone",
    none: "None: whatever is committed for these cells still fails.",
    says: "Committed for these cells, and no longer failing: the rules were mended, or the program.",
  },
};

export function examplesHtml(shown: readonly Shown[]): string {
  const told = new Set(shown.slice(0, MAILS));
  const sections = STATES.map((state) => {
    const { title, none, says } = HEADS[state];
    const here = shown.filter((one) => one.state === state);
    const items = here.map((one) => exampleHtml(one, told.has(one)));
    const body = here.length === 0 ? `<p>${none}</p>` : `<p>${says}</p>\n${items.join("\n")}`;
    return `<h3>${title}: ${here.length}</h3>\n${body}`;
  });
  return sections.join("\n");
}

function exampleHtml({ id, state, title, cells, notes, replay, mail }: Shown, isTold: boolean): string {
  const lines = [
    `<p>${[`In ${cells.join(", ")}.`, ...notes].map(escapeXml).join(" ")}</p>`,
    `<pre class="line">${escapeXml(replay)}</pre>`,
  ];
  if (mail !== "" && isTold) {
    const summary = `${escapeXml(id)} as a mail, to read, to cite and to replay`;
    const how = state === "new" ? "<details open>" : "<details>";
    lines.push(`${how}<summary>${summary}</summary><pre tabindex="0">${escapeXml(mail)}</pre></details>`);
  }
  return (
    `<div class="example is-${state}" id="${escapeXml(id)}">\n<p><b class="mono">${escapeXml(id)}</b> ` +
    `${escapeXml(title)}</p>\n${lines.join("\n")}\n</div>`
  );
}
