/**
 * A failure that needs every fourth of its commands and none of the others, each exactly as it is: no model, so that
 * what is measured is the shrinker itself.
 */

import { STRIDE } from "../commands/command.js";
import { geometryOf } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import { makeCanonical } from "../shrinkers/canonical.js";
import { cellOf, EVERYTHING } from "./cells.js";
import { drawnSequences } from "./sequences.js";

const SEED = 5;
const PART = 4;

export function quarter(length: number) {
  const geometry = geometryOf();
  const commands = joined(length);
  const needed = Array.from({ length: Math.floor(length / PART) }, (_, at) => {
    const position = at * PART + PART - 1;
    return commands.slice(position * STRIDE, (position + 1) * STRIDE);
  });
  return { commands, limits: geometry.limits, start: allContexts(geometry), judge: () => has(needed) } as const;
}

/** Drawn commands, in canonical form as a shrinker judges them. */
function joined(length: number): Float64Array {
  const commands = new Float64Array(length * STRIDE);
  let end = 0;
  for (const drawn of drawnSequences(cellOf("tiny", "always", EVERYTHING), SEED, length)) {
    const part = drawn.subarray(0, commands.length - end);
    commands.set(part, end);
    end += part.length;
    if (end === commands.length) break;
  }
  makeCanonical(commands);
  return commands;
}

/** Whether a sequence has all that is needed, in its order. */
function has(needed: readonly Float64Array[]): (commands: Float64Array) => boolean {
  return (commands) => {
    let found = 0;
    for (let from = 0; from < commands.length && found < needed.length; from += STRIDE) {
      if (isAt(commands, from, needed[found]!)) found++;
    }
    return found === needed.length;
  };
}

function isAt(commands: Float64Array, from: number, command: Float64Array): boolean {
  for (let at = 0; at < STRIDE; at++) if (commands[from + at] !== command[at]) return false;
  return true;
}
