/** How it was shown that a row is strong enough, in words. */

import { CACHE_WORDS } from "../report/words.js";
import { CACHE_NAMES } from "../rules/vocabulary.js";
import type { Shown } from "./evidence.js";
import type { ShownGroup } from "./groups.js";

export function strengthText({ rows }: Pick<ShownGroup, "rows">, { whole, proof, rows: all }: Shown): string {
  if (!rows.some(({ isReached }) => isReached))
    return "not reached: the geometry has none of these changes, so they owe what they owed before";
  const changes = rows.reduce((sum, row) => sum + row.changes, 0);
  const stale = CACHE_NAMES.filter((name) => rows.some((row) => row.stale.includes(name)));
  const behind = stale.length === 0 ? "nothing" : stale.map((name) => CACHE_WORDS[name]).join(", ");
  // A shadow alone has no caches that could be stale.
  const seen = all.some((row) => row.stale.length > 0) ? `; stale behind them: ${behind}` : "";
  const searched = `unrefuted after ${whole} commands with ${changes} of these changes${seen}`;
  const proved = rows.filter(({ isProved }) => isProved).length;
  if (proved === 0) return searched;
  const which = proved === rows.length ? "" : `${proved} of ${rows.length} changes `;
  return `${searched}; ${which}proved for ${proof.geometry}, ${proof.scope} (${proof.states} states, fixpoint)`;
}
