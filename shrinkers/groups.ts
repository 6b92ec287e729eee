/**
 * Removes several commands that belong together.
 */

import { STRIDE } from "../commands/command.js";
import { commandCount, withoutCommands, withoutTwo } from "./candidate.js";
import { namesOf } from "./families.js";
import type { Trial } from "./trial.js";

/** Up to this length any three commands are tried, related or not. */
const ANY_THREE = 20;

/**
 * Tries to remove all commands of one kind; all that name one thing (a page, a tag, a context); then three that
 * name the same thing, in sequences of up to 20 commands any three. What is made, used and taken away in equal numbers
 * only goes three at a time. The result has fewer commands. Bound: a try a kind and a name, n * n * n / 6 for threes.
 */
export function groups(trial: Trial): void {
  for (let kind = 0, count = kindCount(trial.commands); kind < count; kind++) {
    removeWhere(trial, (position) => trial.commands[position * STRIDE] === kind);
  }
  for (const name of new Set(namesOf(trial.commands).flatMap((names) => [...names]))) {
    const names = namesOf(trial.commands);
    removeWhere(trial, (position) => names[position]!.has(name));
  }
  removeThree(trial);
}

const kindCount = (commands: Float64Array): number => {
  let most = 0;
  for (let from = 0; from < commands.length; from += STRIDE) most = Math.max(most, commands[from]! + 1);
  return most;
};

function removeWhere(trial: Trial, isGone: (position: number) => boolean): void {
  let { commands } = trial;
  for (let position = commandCount(commands) - 1; position >= 0; position--) {
    if (isGone(position)) commands = withoutCommands(commands, position, 1);
  }
  // None or all of them: nothing to judge.
  if (commands.length > 0 && commands !== trial.commands) trial.attempt(commands);
}

/** Once over the threes, from the end. */
function removeThree(trial: Trial): void {
  for (let third = trial.count - 1; third >= 2; third = Math.min(third, trial.count) - 1) removeWith(trial, third);
}

function removeWith(trial: Trial, third: number): void {
  const names = namesOf(trial.commands);
  const isRelated = (first: number, second: number): boolean =>
    trial.count <= ANY_THREE || [...names[third]!].some((name) => names[first]!.has(name) && names[second]!.has(name));
  for (let second = third - 1; second >= 1; second--) {
    for (let first = second - 1; first >= 0; first--) {
      if (trial.exhausted) return;
      if (!isRelated(first, second)) continue;
      if (trial.attempt(withoutTwo(withoutCommands(trial.commands, third, 1), first, second))) return;
    }
  }
}
