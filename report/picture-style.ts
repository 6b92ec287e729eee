/**
 * The colours of a picture, each with one role, and its style sheet.
 *
 * A page gives the colours as custom properties, in a light and a dark set; a picture that stands alone has the light
 * ones written out, since not every viewer knows custom properties. Contrast of text is at least 4.5 to 1 in both.
 */

export const ROLES = [
  "paper",
  "box",
  "ink",
  "soft",
  "line",
  "stage1",
  "stage2",
  "page",
  "cache",
  "walk",
  "change",
  "stale",
  "staleBack",
] as const;
export type ColourRole = (typeof ROLES)[number];
export type Palette = Readonly<Record<ColourRole, string>>;

export const LIGHT: Palette = {
  paper: "#ffffff",
  box: "#fbfbfa",
  ink: "#1c2024",
  soft: "#595f66",
  line: "#a9afb6",
  stage1: "#e4eefb",
  stage2: "#e6f4ea",
  page: "#f1efe9",
  cache: "#f3ebfa",
  walk: "#1257c4",
  change: "#7a5200",
  stale: "#b3123a",
  staleBack: "#ffe3e8",
};

export const DARK: Palette = {
  paper: "#14171a",
  box: "#1b1f23",
  ink: "#e8eaed",
  soft: "#a3abb3",
  line: "#5c656e",
  stage1: "#1d3350",
  stage2: "#1c3a2a",
  page: "#33302a",
  cache: "#35264a",
  walk: "#7db2ff",
  change: "#f0c060",
  stale: "#ff8fa3",
  staleBack: "#4d1522",
};

/** Colours by the custom properties of a page. */
export const OF_PAGE = Object.fromEntries(ROLES.map((role) => [role, `var(--${role})`])) as Palette;

export const FONT = '"DejaVu Sans Mono", "Liberation Mono", Menlo, Consolas, monospace';

export function pictureCss(colour: Palette): string {
  return `
.picture text{font:12px ${FONT};fill:${colour.ink};white-space:pre}
.picture .heading{font-weight:700}
.picture .soft,.picture .label{fill:${colour.soft}}
.picture .title{font-weight:700}
.picture rect.box{fill:${colour.box};stroke:${colour.line}}
.picture rect.head{fill:${colour.box};stroke:${colour.line}}
.picture .stage1 rect.head{fill:${colour.stage1}}
.picture .stage2 rect.head{fill:${colour.stage2}}
.picture .page rect.head{fill:${colour.page}}
.picture .cache rect.head{fill:${colour.cache}}
.picture rect.row{fill:none}
.picture rect.walk{fill:${colour.walk}}
.picture rect.stale{fill:${colour.staleBack};stroke:${colour.stale};stroke-width:2}
.picture rect.cached{fill:none;stroke:${colour.stale};stroke-width:1.5;stroke-dasharray:4 3}
.picture .row-walk .words,.picture .row-focus .words{font-weight:700}
.picture .row-changed .tag{fill:${colour.change}}
.picture .row-stale text,.picture .row-stale .label,.picture .row-stale .words{fill:${colour.stale};font-weight:700}
.picture .row-cached .words,.picture .row-cached .remark,.picture .row-old .remark{fill:${colour.stale}}
.picture .row-differs .tag{fill:${colour.stale};font-weight:700}
.picture .row-walk .tag{fill:${colour.walk}}
.picture .arrow{fill:none;stroke:${colour.line};stroke-width:1.25}
.picture .arrow.on{stroke:${colour.walk};stroke-width:2.25}
.picture .tip{fill:${colour.line}}
.picture .tip.on{fill:${colour.walk}}
`.trim();
}
