/**
 * The stepper: the list of steps, the picture of one of them, and the ways from step to step.
 *
 * The step stands in the address (`#step-3`), so that a link leads to it; keys, buttons and links only change that. A
 * change of step draws one picture and moves one mark in the list.
 */

import { pictureSvg } from "../report/picture.js";
import { boxText, sectionsOf } from "../report/picture-boxes.js";
import type { Story } from "../report/scene.js";
import { stepTitle } from "../report/story.js";
import { turnsOf } from "../report/turns.js";
import { byId, element } from "./dom.js";
import { whyContent } from "./why.js";

/** Of a picture on paper. */
const PAPER = 720;

export class Stepper {
  private story: Story | null = null;
  private step = 0;
  private width = 0;

  constructor() {
    const buttons = [
      ["first", () => 0],
      ["back", () => this.step - 1],
      ["next", () => this.step + 1],
      ["last", () => this.last],
    ] as const;
    for (const [id, step] of buttons) byId(id).addEventListener("click", () => this.go(step()));
    byId("in-words").addEventListener("toggle", () => this.tellWords());
    addEventListener("hashchange", () => this.render());
    addEventListener("beforeprint", () => this.draw(PAPER));
    addEventListener("afterprint", () => this.draw());
    new ResizeObserver(() => {
      if (byId("drawing").clientWidth !== this.width) this.draw();
    }).observe(byId("drawing"));
  }

  /** Steps through another story, at the step of the address or the last one before it. */
  tell(story: Story): void {
    this.story = story;
    byId("steps").replaceChildren(...stepItems(story));
    const why = whyContent(story);
    byId("why").replaceChildren(...why);
    byId("why").hidden = why.length === 0;
    this.render();
  }

  get last(): number {
    return (this.story?.scenes.length ?? 1) - 1;
  }

  get current(): number {
    return this.step;
  }

  go(step: number): void {
    const wanted = Math.min(Math.max(step, 0), this.last);
    // The way through the steps is no history: going back leaves the page.
    if (wanted !== this.step) location.replace(`#step-${wanted}`);
  }

  private render(): void {
    const { story } = this;
    if (story === null) return;
    const asked = Number(/^#step-([0-9]{1,6})$/.exec(location.hash)?.[1] ?? 0);
    this.step = Math.min(asked, this.last);
    const { notes, manual, unsettled } = story.report.rows[this.step]!;
    byId("title").textContent = sentenceCase(stepTitle(story, this.step));
    byId("says").replaceChildren(
      ...[
        ...(manual === "" ? [] : [`sent as ${manual}`]),
        ...notes,
        ...(unsettled === 0 ? [] : [`${unsettled} request${unsettled === 1 ? " is" : "s are"} unsettled`]),
        ...(story.report.isInconclusive && this.step === this.last ? [INCONCLUSIVE] : []),
        ...(story.hiddenTables === 0 ? [] : [`${story.hiddenTables} tables that were written are not drawn`]),
      ].map((text) => element("li", { text })),
    );
    for (const id of ["first", "back"]) byId<HTMLButtonElement>(id).disabled = this.step === 0;
    for (const id of ["next", "last"]) byId<HTMLButtonElement>(id).disabled = this.step === this.last;
    this.mark();
    this.draw();
  }

  /** The current step in the list, in sight where the list scrolls. */
  private mark(): void {
    const list = byId("steps");
    list.querySelector("[aria-current]")?.removeAttribute("aria-current");
    const link = list.children[this.step]?.querySelector("a");
    if (link === null || link === undefined) return;
    link.setAttribute("aria-current", "step");
    for (const box of [list, list.closest<HTMLElement>(".side")!]) {
      if (box.scrollHeight <= box.clientHeight) continue;
      const [outer, inner] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
      if (inner.top < outer.top) box.scrollTop += inner.top - outer.top;
      if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
    }
  }

  private draw(width?: number): void {
    const { story, step } = this;
    if (story === null) return;
    const drawing = byId("drawing");
    this.width = drawing.clientWidth;
    const scene = story.scenes[step]!;
    const title = `${sentenceCase(stepTitle(story, step))}, drawn`;
    drawing.innerHTML = pictureSvg(scene, { width: width ?? this.width, focus: story.focus, title, isAlone: false });
    drawing.dataset.step = String(step);
    if (byId<HTMLDetailsElement>("in-words").open) this.tellWords();
  }

  /** The same in words, made when they are asked for: they are many, and most readers see the picture. */
  private tellWords(): void {
    const { story, step } = this;
    if (story === null) return;
    byId("words").replaceChildren(
      ...sectionsOf(story.scenes[step]!, story.focus).flatMap(({ heading, boxes }) => [
        element("h3", { text: heading }),
        ...boxes.map((box) => {
          const { title: name, lines } = boxText(box);
          const list = element("ul", {}, ...lines.map((text) => element("li", { text })));
          return element("div", {}, element("div", { text: name }), list);
        }),
      ]),
    );
  }
}

const INCONCLUSIVE = "a capacity was reached: the run says nothing from here on";

function stepItems(story: Story): HTMLLIElement[] {
  const { report } = story;
  const turns = turnsOf(story);
  return report.rows.map((row, step) => {
    const link = element("a");
    link.href = `#step-${step}`;
    // A target answers where it is asked.
    const cells = (story.scenes[step]!.answers[0]?.cells ?? []).filter(({ text }) => text !== "");
    const answers = cells.map(({ column, text }) => `${column} ${text}`);
    link.append(
      element("span", { className: "number", text: String(step) }),
      element("span", { className: "action", text: `${row.actor === "" ? "" : `${row.actor} `}${row.action}` }),
      ...(cells.length === 0 ? [] : [element("span", { className: "gives", text: answers.join(" \u00b7 ") })]),
      ...turns[step]!.map((text) => element("span", { className: "turn", text })),
    );
    return element("li", {}, link);
  });
}

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
