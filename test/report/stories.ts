/** Stories for the tests of scenes and pictures. */

import type { Setting } from "../../corpus/entry.js";
import type { Scene, Story } from "../../report/scene.js";
import { storyOf } from "../../report/story.js";
import { cellOf } from "../corpus/failures.js";

/** Of commands divided by `; `, under tiny from all contexts unless told otherwise. */
export function storyFrom(commands: string, given: Partial<Setting> & { on?: string; under?: string } = {}): Story {
  const { on = "tiny", under = "tiny", ...rest } = given;
  const setting: Setting = {
    ...cellOf({ on, under }),
    geometry: "2x4",
    start: "all",
    commands: commands.split("; "),
    ...rest,
  };
  const story = storyOf(setting);
  if (!story.ok) throw new Error(story.detail);
  return story.value;
}

/** The texts of the rows of a table, by its id. */
export function rowsOf({ tables }: Scene, id: string): string[] {
  return tables.find((table) => table.id === id)!.rows.map(({ label, text }) => `${label} ${text}`);
}

/** What the cache of this name holds, with marks. */
export function valuesOf({ caches }: Scene, name: string): string[] {
  return caches
    .find((cache) => cache.name === name)!
    .values.map(({ key, value, mark }) => `${key}: ${value}${mark === "" ? "" : ` (${mark})`}`);
}
