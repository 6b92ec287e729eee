/** `nestfuzz show --html` and `--svg`: what they draw with is loaded for them alone. */

import type { Entry } from "../corpus/entry.js";
import { sentenceOf } from "../report/built-in.js";
import { entryTitle, toldBy } from "../report/mail.js";
import { pictureSvg } from "../report/picture.js";
import type { Story } from "../report/scene.js";
import { stepTitle, storyOf } from "../report/story.js";
import { counterexamplePage } from "./page-file.js";
import { writeOut } from "./written.js";

/** A page to step through. */
export function writePage(entry: Entry, file = `${entry.id}.html`): void {
  writeOut(counterexamplePage(entry, sentenceOf(entry.claim)), file, "--html");
}

/** The failing step, for a slide or a bug tracker. */
export function writeDrawing(entry: Entry, file = `${entry.id}.svg`): void {
  writeOut(drawing(entry), file, "--svg");
}

function drawing(entry: Entry): string {
  const story = storyFrom(entry);
  const step = story.scenes.length - 1;
  const title = `${entryTitle(entry)}, ${stepTitle(story, step)}`;
  return pictureSvg(story.scenes[step]!, { width: 1000, focus: story.focus, title, isAlone: true });
}

function storyFrom(entry: Entry): Story {
  const story = storyOf(entry, toldBy(entry));
  // An entry was read, so its commands parse.
  if (!story.ok) throw new Error(`${story.path.join(" ")}: ${story.detail}`);
  return story.value;
}
