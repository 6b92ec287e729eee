/**
 * Pages as a command makes them: `report/page.ts` with its program, which the build has bundled, and its hashes.
 */

import { createHash } from "node:crypto";
import path from "node:path";
import fs from "fs-extra";
import type { Entry, Setting } from "../corpus/entry.js";
import { contractRef } from "../report/built-in.js";
import { entryTitle, mailText, toldBy } from "../report/mail.js";
import { type PageParts, pageHtml } from "../report/page.js";
import { packageRoot } from "../rules/home.js";
import { refuse } from "./exit.js";

type Given = Omit<PageParts, "program" | "hash" | "facts">;

/** As a page's own policy names its style and its program. */
export function policyHash(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

export function pageOf(given: Given): ReturnType<typeof pageHtml> {
  const facts = given.data.kind === "step" ? factsOf(given.data.setting) : [];
  return pageHtml({ ...given, facts, program: programText(), hash: policyHash });
}

function programText(): string {
  const file = path.join(packageRoot(), "dist/page/page.js");
  if (!fs.existsSync(file)) refuse("dist/page/page.js is not there, which every page carries; npm run build makes it");
  return fs.readFileSync(file, "utf8");
}

function factsOf({ contract, architecture, strategies, properties, geometry, start }: Setting): [string, string][] {
  return [
    ["Contract", contractRef(contract)],
    ["Architecture", architecture.name],
    ["Under test", `${strategies.join(", ")}: ${properties.join(", ")}`],
    ["Geometry", geometry],
    ["Start", start],
  ];
}

/** A counterexample to step through; `says` is the sentence of its claim. */
export function counterexamplePage(entry: Entry, says: string | undefined): string {
  const { id, claim, strategies, properties, shadow, geometry, start, commands } = entry;
  const { architecture, contract } = entry;
  const setting = { architecture, contract, strategies, properties, shadow, geometry, start, commands };
  return pageOf({
    title: entryTitle(entry),
    says: says === undefined ? "" : `Claim ${claim}: ${says}`,
    data: { kind: "step", setting, told: toldBy(entry) ?? null, text: "" },
    mail: mailText(entry, says === undefined ? {} : { says }),
    footer: `Replay with: nestfuzz replay ${id}. Edit it with: nestfuzz explore ${id}.`,
  }).html;
}
