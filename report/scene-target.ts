/**
 * What a target was found to keep: its caches cannot be seen, but an answer that was right once tells since when.
 */

import { sameOutcome } from "../models/values.js";
import type { SceneCache } from "./scene.js";
import type { StepReport } from "./steps.js";
import { placeText } from "./words.js";

/** The box of the target after `step`; null where no target was found to keep something. */
export function targetCache(report: StepReport, step: number): SceneCache | null {
  const { failure, columns } = report;
  if (failure === null || !columns.includes("target")) return null;
  const times = sinceWhen(report);
  if (times === null) return null;
  const values = [];
  if (step >= times.since) {
    const isStale = step >= times.staleSince;
    values.push({
      key: placeText(failure.request),
      value: `${failure.actual.text}, by its answer`,
      by: ["target"],
      mark: isStale ? ("stale" as const) : ("cached" as const),
      remark: isStale ? `stale since step ${times.staleSince}` : `right still; stale from step ${times.staleSince} on`,
    });
  }
  return { id: "cache-target", name: "target", title: "target", values, hidden: 0 };
}

/**
 * The walk gave the wrong answer up to some step: it went stale at the next, and was taken in when the target first
 * gave it before that, or else when the walk came to give it. Null for an answer that was never right.
 */
function sinceWhen({ failure, rows, columns }: StepReport): { since: number; staleSince: number } | null {
  // Silence, or what is no answer, was kept nowhere.
  if (failure!.property === "response") return null;
  const wrong = failure!.actual.outcome;
  const target = columns.indexOf("target");
  const isRight = rows.map(({ focus }) => focus[0]?.[0] !== undefined && sameOutcome(focus[0][0], wrong));
  const lastRight = isRight.lastIndexOf(true);
  if (lastRight < 0 || lastRight + 1 >= rows.length) return null;
  let firstRight = lastRight;
  while (firstRight > 0 && isRight[firstRight - 1]) firstRight--;
  const told = rows.findIndex(
    ({ focus }, step) =>
      step >= firstRight &&
      step <= lastRight &&
      focus[target]?.[0] !== undefined &&
      sameOutcome(focus[target][0], wrong),
  );
  return { since: told < 0 ? firstRight : told, staleSince: lastRight + 1 };
}
