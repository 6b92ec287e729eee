/**
 * The page of a night as a command makes it: what was found and what is committed, with the sentences of the claims.
 */

import { existsSync } from "node:fs";
import { findingsFolder } from "../nightly/run.js";
import { shownOf } from "../nightly/shown.js";
import { nightPageHtml } from "../report/night-page.js";
import type { ClaimOf } from "../report/night-verdicts.js";
import type { Summary } from "../report/summary.js";
import type { Cell } from "../rules/vocabulary.js";
import { allClaims } from "./cells.js";
import { policyHash } from "./page-file.js";
import { committedStores, corpusAt } from "./stores.js";

export interface NightFolder {
  /** Of the run. */
  out: string;
  /** What is committed. */
  corpus: string;
  /** Of the run, as far as they are known. */
  cells: readonly Cell[];
}

export function nightPage(summary: Summary, { out, corpus, cells }: NightFolder, remark?: string): string {
  const found = findingsFolder(out);
  const stores = [...(existsSync(found) ? [corpusAt(found)] : []), ...committedStores(corpus)];
  const claims = new Map(allClaims().flatMap((claim) => claim.cells.map(({ id }) => [id, claim] as const)));
  const claimOf = (cell: string): ClaimOf => {
    const claim = claims.get(cell);
    return claim === undefined ? { claim: cell, says: "" } : { claim: claim.id, says: claim.says };
  };
  const shown = shownOf({ summary, cells, stores, says: (cell) => claims.get(cell)?.says });
  return nightPageHtml({ summary, claimOf, shown, hash: policyHash, ...(remark === undefined ? {} : { remark }) });
}
