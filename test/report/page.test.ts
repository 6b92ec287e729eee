/** The page as a file: everything in it, nothing that it could be tricked into. */

import { describe, expect, it } from "vitest";
import { type PageParts, pageHtml } from "../../report/page.js";
import { pageCss } from "../../report/page-style.js";
import { cellOf } from "../corpus/failures.js";

const setting = { ...cellOf(), geometry: "2x4", start: "all", commands: ["fence"] };
const parts: PageParts = {
  title: "a <title>",
  says: "</script><script>alert(1)</script>",
  facts: [["Contract", "<tiny>"]],
  data: { kind: "step", setting, told: null, text: "</script><!--" },
  mail: "a mail & more",
  footer: "replay",
  program: "run()",
  hash: (text) => `sha256-${text.length}`,
};

describe("pageHtml", () => {
  const { html, policy } = pageHtml(parts);

  it("allows its own program and style alone, and no connection", () => {
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-5'; style-src 'sha256-${pageCss().length}'; connect-src 'none'; ` +
        "img-src data:; base-uri 'none'; form-action 'none'",
    );
    expect(html).toContain(`<meta http-equiv="Content-Security-Policy" content="${policy}">`);
    expect(pageHtml({ ...parts, data: { ...parts.data, kind: "explore" } }).policy).toContain("connect-src 'self'");
  });

  it("carries texts and data that end no element", () => {
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(html).toContain("<title>a &lt;title&gt;</title>");
    const [, data] = /<script type="application\/json" id="data">(.*)<\/script>/.exec(html)!;
    expect(JSON.parse(data!)).toEqual(parts.data);
  });

  it("has the mail as text, and an editor only to explore", () => {
    expect(html).toContain('<pre tabindex="0">a mail &amp; more</pre>');
    expect(html).not.toContain("<textarea");
    const explore = pageHtml({ ...parts, mail: "", facts: [], data: { ...parts.data, kind: "explore" } }).html;
    expect(explore).toContain('<textarea id="text"');
    expect(explore).not.toMatch(/id="mail"|<dl class="facts"/);
  });
});
