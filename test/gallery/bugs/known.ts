/** Id, source and sequence of a bug that the parser's tests already hold. */

import { BUG_SEQUENCES } from "../../commands/bugs.sequences.js";
import type { Bug } from "../mutation.js";

export function known(id: string): Pick<Bug, "id" | "source" | "given"> {
  const bug = BUG_SEQUENCES.find((row) => row.id === id);
  if (bug === undefined) throw new Error(`no sequence ${id} in test/commands/bugs.sequences.ts`);
  return { id, source: `${bug.title}; ${bug.source}`, given: bug.form ?? bug.given };
}
