/** How it was shown that a row is strong enough, in words. */

import { CACHE_WORDS } from "../report/words.js";
import { CACHE_NAMES } from "../rules/vocabulary.js";
import type { Shown } from "./evidence.js";
import { isReached, type ShownGroup } from "./groups.js";

export function strengthText({ rows }: ShownGroup, { whole, proof }: Shown): string {
  if (!rows.some(isReached)) return "not reached: no search met these changes, so they owe what they owed before";
  const changes = rows.reduce((sum, row) => sum + row.changes, 0);
  const stale = CACHE_NAMES.filter((name) => rows.some((row) => row.stale.includes(name)));
  const behind = stale.length === 0 ? "nothing" : stale.map((name) => CACHE_WORDS[name]).join(", ");
  const searched = `unrefuted after ${whole} commands with ${changes} of these changes; stale behind them: ${behind}`;
  const proved = rows.filter(({ isProved }) => isProved).length;
  if (proved === 0) return searched;
  const which = proved === rows.length ? "" : `${proved} of ${rows.length} changes `;
  return `${searched}; ${which}proved for ${proof.geometry}, ${proof.scope} (${proof.states} states, fixpoint)`;
}
