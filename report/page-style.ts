/**
 * The style sheet of the page: light and dark, narrow and wide, on paper.
 *
 * Colours are those of `picture-style.ts`, as custom properties. Dark follows the reader's system; `data-theme` on the
 * root, which a button sets, goes before it. Paper is always light.
 */

import { DARK, LIGHT, OF_PAGE, type Palette, pictureCss, ROLES } from "./picture-style.js";

const properties = (palette: Palette): string => ROLES.map((role) => `--${role}:${palette[role]}`).join(";");

export function pageCss(): string {
  return `
:root{color-scheme:light;${properties(LIGHT)}}
:root[data-theme=dark]{color-scheme:dark;${properties(DARK)}}
@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){color-scheme:dark;${properties(DARK)}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);
  font:16px/1.5 system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
header,footer,.columns{max-width:1500px;margin:0 auto;padding:0 20px}
h1{font-size:1.35rem;line-height:1.3;margin:20px 0 4px;overflow-wrap:anywhere}
h2{font-size:1.05rem;margin:0 0 8px;overflow-wrap:anywhere}
p{margin:0 0 8px}
a{color:var(--walk)}
code,pre,textarea,.mono{font-family:"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace;font-size:.86rem}
pre{overflow:auto;padding:12px;background:var(--box);border:1px solid var(--line);border-radius:4px;line-height:1.4}
.claim{color:var(--soft)}
.facts{display:flex;flex-wrap:wrap;gap:2px 22px;margin:0 0 14px;font-size:.9rem}
.facts div{display:flex;gap:8px}
.facts dt{color:var(--soft)}
.facts dd{margin:0;overflow-wrap:anywhere}
.columns{display:grid;grid-template-columns:minmax(250px,330px) minmax(0,1fr);gap:24px;align-items:start}
.side{position:sticky;top:0;max-height:100vh;overflow:auto;padding:8px 5px;margin:0 -5px;display:flex;
  flex-direction:column;gap:12px}
.steps{list-style:none;margin:0;padding:0;border:1px solid var(--line);border-radius:4px}
.steps li+li{border-top:1px solid var(--line)}
.steps a{display:grid;grid-template-columns:2.2em 1fr;padding:5px 10px 5px 6px;color:inherit;text-decoration:none;
  border-left:4px solid transparent}
.steps a:hover{background:var(--box)}
.steps a[aria-current]{border-left-color:var(--walk);background:var(--stage1)}
.steps .number{color:var(--soft);text-align:right;padding-right:8px}
.steps .action{overflow-wrap:anywhere}
.steps .gives{grid-column:2;color:var(--soft);overflow-wrap:anywhere}
.steps a[aria-current] .gives,.steps a[aria-current] .number{color:inherit}
.steps .turn{grid-column:2;color:var(--stale);font-weight:600;font-size:.86rem}
.bar{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:6px;align-items:center;padding:8px 0;
  background:var(--paper)}
button,select{font:inherit;font-size:.9rem;color:inherit;background:var(--box);border:1px solid var(--line);
  border-radius:4px;padding:4px 10px;min-height:32px;cursor:pointer}
button:disabled{color:var(--soft);cursor:default;border-style:dashed}
button:hover:not(:disabled){border-color:var(--ink)}
:focus-visible{outline:3px solid var(--walk);outline-offset:2px}
.drawing{overflow-x:auto;border:1px solid var(--line);border-radius:4px;background:var(--paper)}
.drawing svg{display:block}
.says{margin:0 0 10px;padding:0;list-style:none}
.says li{padding-left:1em;text-indent:-1em;overflow-wrap:anywhere}
.why{border-left:4px solid var(--stale);padding:2px 0 2px 14px;margin:18px 0}
.why dl{display:grid;grid-template-columns:auto 1fr;gap:2px 14px;margin:0 0 8px}
.why dt{color:var(--soft)}
.why dd{margin:0;overflow-wrap:anywhere}
details{margin:12px 0}
summary{cursor:pointer}
.words h3{font-size:.95rem;margin:10px 0 2px}
.words ul{margin:0;padding-left:1.2em}
.code{display:flex;border:1px solid var(--line);border-radius:4px;background:var(--box);overflow:hidden}
.code:focus-within{outline:3px solid var(--walk);outline-offset:2px}
#gutter{list-style:none;margin:0;padding:8px 0;min-width:3.2em;color:var(--soft);text-align:right;overflow:hidden;
  user-select:none;font-family:"DejaVu Sans Mono","Liberation Mono",Menlo,Consolas,monospace}
#gutter,textarea{font-size:.86rem;line-height:20px;height:min(420px,60vh)}
#gutter li{padding:0 8px 0 4px;height:20px}
#gutter .bad{background:var(--staleBack);color:var(--stale);font-weight:700}
textarea{flex:1;min-width:0;resize:none;padding:8px;color:inherit;background:none;border:0;outline:0;
  white-space:pre;overflow:auto;tab-size:2}
.code:has([aria-invalid=true]){border-color:var(--stale)}
.errors{margin:0;padding:0;list-style:none;color:var(--stale);font-size:.9rem}
.errors button{display:block;width:100%;text-align:left;color:inherit;border-color:var(--stale);margin-bottom:4px;
  overflow-wrap:anywhere}
.errors code{display:block;white-space:pre;overflow:auto;color:var(--ink)}
.outdated .drawing,.outdated .steps{filter:grayscale(1);border-style:dashed;border-color:var(--stale)}
dialog{color:inherit;background:var(--paper);border:1px solid var(--line);border-radius:6px;
  max-width:min(30rem,92vw)}
dialog::backdrop{background:rgba(0,0,0,.45)}
kbd{font:inherit;font-size:.86rem;border:1px solid var(--line);border-radius:3px;padding:0 5px;
  background:var(--box)}
dialog td{padding:2px 12px 2px 0;vertical-align:top}
textarea:focus-visible{outline:0}
.skip{position:absolute;left:-9999px}
.skip:focus{left:8px;top:8px;z-index:2;background:var(--paper);padding:6px 10px}
footer{padding-top:8px;padding-bottom:24px;color:var(--soft);font-size:.9rem;overflow-wrap:anywhere}
@media (max-width:860px){
header,footer,.columns{padding:0 12px}
.columns{grid-template-columns:minmax(0,1fr);gap:10px}
.side{position:static;max-height:none;overflow:visible}
.steps{max-height:40vh;overflow:auto}
}
@media print{
:root,:root[data-theme=dark]{color-scheme:light;${properties(LIGHT)}}
body{font-size:10.5pt}
.bar,.skip,dialog,details:not([open]),.editor,.theme{display:none!important}
.columns{display:block}
.side{position:static;max-height:none;overflow:visible}
.steps{max-height:none;overflow:visible;margin-bottom:12pt}
.steps li,.why{break-inside:avoid}
h2,.says{break-after:avoid}
.drawing{overflow:visible;border:0;break-inside:avoid}
.drawing svg{max-width:100%;height:auto}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
${pictureCss(OF_PAGE)}
`.trim();
}
