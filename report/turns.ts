/**
 * What turns at each step of a story, in a few words for a list of the steps: the stale value is taken in, it goes
 * stale, a property is broken.
 */

import { SIGNS } from "./picture-boxes.js";
import type { Mark, Scene, Story } from "./scene.js";

/** By step; most are empty. */
export function turnsOf({ scenes, report }: Story): string[][] {
  return scenes.map((scene, step) => {
    const before = scenes[step - 1];
    const isBroken = report.failure !== null && step === scenes.length - 1;
    return [
      ...fresh("cached", scene, before).map((name) => `${SIGNS.cached} cached: ${name}`),
      ...fresh("stale", scene, before).map((name) => `${SIGNS.stale} stale: ${name}`),
      ...(isBroken ? [`${report.failure!.property} fails`] : []),
    ];
  });
}

/** The caches where a value bears a mark that none bore the step before. */
function fresh(mark: Mark, scene: Scene, before: Scene | undefined): string[] {
  const known = before === undefined ? [] : marked(mark, before);
  return marked(mark, scene).filter((name) => !known.includes(name));
}

function marked(mark: Mark, { caches }: Scene): string[] {
  return caches.filter(({ values }) => values.some((value) => value.mark === mark)).map(({ title }) => title);
}
