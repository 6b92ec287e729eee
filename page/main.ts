/**
 * The program of the page: runs the models on the sequence that the page carries, and steps through what they do.
 *
 * Bundled into one script, it goes into every page, to step through a counterexample or to explore.
 */

import type { PageData } from "../report/page.js";
import { storyOf } from "../report/story.js";
import { byId } from "./dom.js";
import { Editor } from "./editor.js";
import { listenToKeys } from "./keys.js";
import { Stepper } from "./stepper.js";

const data = JSON.parse(byId("data").textContent ?? "") as PageData;
const stepper = new Stepper();
listenToKeys(stepper);
if (data.kind === "explore") new Editor(data, (story) => stepper.tell(story)).start();
else {
  const story = storyOf(data.setting, data.told ?? undefined);
  if (!story.ok) throw new Error(`${story.path.join(" ")}: ${story.detail}`);
  stepper.tell(story.value);
}
