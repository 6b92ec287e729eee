/** The style sheet of the page of a night: light and dark by the reader's system, narrow and wide, on paper. */

import { DARK, LIGHT, ROLES } from "./picture-style.js";

/** Colours that only this page has: of marks, and five shades of often. */
const MORE = {
  light: "--good:#1a6b37;--shade1:#c9def8;--shade2:#9dc3f1;--shade3:#639ee3;--shade4:#2c70c4;--shade5:#0f3877",
  dark: "--good:#7fd39b;--shade1:#23456f;--shade2:#2e66ad;--shade3:#4d8fe0;--shade4:#8dbcff;--shade5:#deebff",
};
const light = `${ROLES.map((role) => `--${role}:${LIGHT[role]}`).join(";")};${MORE.light}`;
const dark = `${ROLES.map((role) => `--${role}:${DARK[role]}`).join(";")};${MORE.dark}`;

export const NIGHT_CSS = `
:root{color-scheme:light;${light}}
@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;${dark}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
  font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
body>header,main,footer{max-width:1180px;margin:0 auto;padding:0 20px}
h1{font-size:1.6rem;line-height:1.25;margin:22px 0 4px;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:34px 0 8px;padding-top:6px;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:18px 0 4px;overflow-wrap:anywhere}
p{margin:0 0 8px;max-width:80ch}
a{color:var(--walk)}
:target{outline:3px solid var(--walk);outline-offset:3px}
:focus-visible{outline:3px solid var(--walk);outline-offset:2px}
code,pre,.mono{font-family:"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace;font-size:.86rem}
code{overflow-wrap:anywhere}
pre{overflow:auto;padding:10px 12px;margin:4px 0 10px;background:var(--box);border:1px solid var(--line);
  border-radius:4px;line-height:1.4}
pre.line{white-space:pre-wrap;overflow-wrap:anywhere}
.soft,.legend{color:var(--soft)}
.legend{font-size:.86rem}
.facts{display:flex;flex-wrap:wrap;gap:2px 22px;margin:0 0 10px;font-size:.9rem}
.facts div{display:flex;gap:8px}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0;padding:0;list-style:none;font-size:.9rem}
.reasons{border-left:4px solid var(--stale);padding:2px 0 2px 30px;margin:12px 0;overflow-wrap:anywhere}
.mark{font-weight:600;font-size:.86rem;white-space:nowrap}
.mark.is-ok{color:var(--good)}.mark.is-red{color:var(--stale)}.mark.is-accepted{color:var(--change)}
.mark.is-idle,.mark.is-part{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:.88rem}
caption{text-align:left;color:var(--soft);padding-bottom:4px}
th,td{text-align:left;vertical-align:top;padding:3px 10px 3px 0;overflow-wrap:anywhere}
th,.cells .wide{overflow-wrap:normal}
.cells .wide,.cells a{white-space:nowrap}
thead th{color:var(--soft);font-weight:400;border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--line)}
tr.claim th{padding-top:12px;font-weight:400;border-top:1px solid var(--line)}
tr.claim b{margin-right:6px}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.swatch{white-space:nowrap}
.charts{display:flex;flex-wrap:wrap;gap:18px 26px;align-items:flex-start}
figure{margin:0;min-width:0;max-width:100%}
figure+figure,.charts+figure{margin-top:14px}
.charts figure{margin-top:0}
figcaption{font-size:.9rem;color:var(--soft);margin-bottom:4px}
.matrices{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(326px,100%),1fr));gap:8px 20px}
details{margin:6px 0;min-width:0}
summary{cursor:pointer;overflow-wrap:anywhere}
.example{border:1px solid var(--line);border-radius:4px;padding:6px 12px;margin:8px 0}
.example.is-new{border-left:5px solid var(--stale)}
.example.is-gone{border-left:5px solid var(--good)}
svg.chart{display:block;max-width:100%;height:auto}
svg.chart text{font:11px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif;fill:var(--ink)}
svg.chart text.rule{font-weight:700}
svg .grid{stroke:var(--line);stroke-width:.6;fill:none}
svg .area{fill:var(--walk);fill-opacity:.3;stroke:var(--walk);stroke-width:1.2}
svg .bar{fill:var(--walk)}
svg .is-ok{fill:var(--good)}svg .is-red{fill:var(--stale)}svg .is-accepted{fill:var(--change)}
svg .is-idle,svg .is-part{fill:var(--soft)}
.heat0{fill:none;stroke:var(--line);stroke-width:.7}
.heat1{fill:var(--shade1)}.heat2{fill:var(--shade2)}.heat3{fill:var(--shade3)}
.heat4{fill:var(--shade4)}.heat5{fill:var(--shade5)}
.earlier{fill:var(--soft)}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;background:var(--paper);padding:6px 10px}
footer{padding-top:26px;padding-bottom:26px;color:var(--soft);font-size:.9rem}
@media (max-width:700px){
body>header,main,footer{padding:0 14px}
.cells thead{position:absolute;left:-9999px}
.cells,.cells caption,.cells tbody,.cells tr,.cells th{display:block;border:0!important}
.cells tr{padding:6px 0;border-top:1px solid var(--line)!important}
.cells td{display:inline-flex;gap:6px;align-items:center;padding:0 14px 0 0;border:0!important;text-align:left}
.cells td::before{content:attr(data-label);color:var(--soft)}
.cells .wide{white-space:normal}
}
@media print{
body{font-size:10pt}
main,body>header,footer{max-width:none}
nav,.skip{display:none}
.example,figure,.matrices>*,tr{break-inside:avoid}
h2,h3{break-after:avoid}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`.trim();
