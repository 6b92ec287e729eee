/** A few rows of the other parts, together in one short run: what CI looks at. */

import type { Subject } from "../subject.js";
import { generationSubjects } from "./generation.js";
import { geometrySubjects } from "./geometry.js";
import { modelSubjects } from "./models.js";
import { replaySubjects } from "./replay.js";
import { briefShrinkSubjects } from "./shrink.js";
import { startUpSubjects } from "./start-up.js";

export function briefSubjects(): Subject[] {
  return [
    ...of("geometry", geometrySubjects(), ["2x4", "fc.commands", "4x512"]),
    ...of("models", modelSubjects()),
    ...of("generation", generationSubjects(), ["genes alone", "integers of 30 bits"]),
    ...of("shrink", briefShrinkSubjects()),
    ...of("replay", replaySubjects()),
    ...of("start-up", startUpSubjects()),
  ];
}

function of(part: string, all: readonly Subject[], names?: readonly string[]): Subject[] {
  const named = (name: string): string => `${part}: ${name}`;
  const subjects = names === undefined ? all : all.filter(({ name }) => names.includes(name));
  return subjects.map(({ against, ...subject }) => ({
    ...subject,
    name: named(subject.name),
    // One that is held against a row that is left out is here for another's sake.
    ...(against !== undefined && subjects.some((one) => one.name === against) ? { against: named(against) } : {}),
  }));
}
