/** The page on architectures is what the rules say now; `npm run golden` writes it anew. */

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { architecturesPage } from "../../report/architectures.js";
import { packageRoot } from "../../rules/home.js";
import { architectureNames, contractNames, contractUses } from "../../rules/load.js";

const file = path.join(packageRoot(), "docs/architectures.md");

describe("docs/architectures.md", () => {
  it("is what the rules say", () => {
    const page = architecturesPage();
    if (process.env.NESTFUZZ_GOLDEN === "write") writeFileSync(file, page);
    expect(readFileSync(file, "utf8")).toBe(page);
  });

  it("has a section for each architecture, and in it the recipes of each contract that is for it", () => {
    const sections = new Map(
      architecturesPage()
        .split(/^## /m)
        .slice(1)
        .map((text) => [text.slice(0, text.indexOf("\n")), text]),
    );
    expect([...sections.keys()]).toEqual(architectureNames());
    for (const name of contractNames().filter((one) => one !== "always" && one !== "never")) {
      const uses = contractUses(name);
      for (const { name: architecture } of uses.ok ? uses.value.architectures : [])
        expect(sections.get(architecture)).toContain(`Contract \`${name}\`:`);
    }
  });
});
