/**
 * The editor of `nestfuzz explore`: the text, what is wrong with it, and the story of what it says.
 *
 * The models run here. Only what a header means is asked for, once for each header, since rules are files on the
 * machine of whoever started the program.
 */

import { readMail } from "../commands/language.js";
import type { Setting } from "../corpus/entry.js";
import type { PageData, RulesAnswer, TextError } from "../report/page.js";
import type { Story } from "../report/scene.js";
import { storyOf } from "../report/story.js";
import { unreachable } from "../rules/vocabulary.js";
import { byId, element } from "./dom.js";
import { headerText, type Reading, readText } from "./reading.js";

/** Milliseconds without a key before the text is read. */
const PAUSE = 150;

export class Editor {
  private readonly known = new Map<string, RulesAnswer>();
  /** Headers on which an answer is due. */
  private readonly asked = new Set<string>();
  private readonly text = byId<HTMLTextAreaElement>("text");
  private timer = 0;

  constructor(
    private readonly data: PageData,
    private readonly tell: (story: Story) => void,
  ) {}

  start(): void {
    const { setting, text } = this.data;
    const { commands: _, ...rules } = setting;
    const header = readMail(text, { manualOf: () => rules.architecture }).sequences[0]?.parsed.header;
    if (header !== undefined) this.known.set(headerText(header), { ok: true, rules });
    this.text.value = text;
    this.text.addEventListener("scroll", () => {
      byId("gutter").scrollTop = this.text.scrollTop;
    });
    this.text.addEventListener("input", () => {
      this.number([]);
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.read(), PAUSE) as unknown as number;
    });
    this.read();
  }

  private read(): void {
    const reading = readText(this.text.value, (header) => {
      const answer = this.known.get(header);
      return answer?.ok === true ? answer.rules : undefined;
    });
    switch (reading.kind) {
      case "errors":
        this.complain(reading.errors);
        break;
      case "rules":
        this.findOut(reading);
        break;
      case "setting":
        this.run(reading.setting);
        break;
      default:
        unreachable(reading);
    }
  }

  /** Takes the answer on a header that is there, or asks for it. */
  private findOut({ header, placeOf }: Extract<Reading, { kind: "rules" }>): void {
    const answer = this.known.get(header);
    if (answer === undefined) {
      byId("state").textContent = "finding out what the header means";
      if (!this.asked.has(header)) void this.ask(header);
    } else if (!answer.ok) this.complain(answer.errors.map(({ line, message }) => ({ ...placeOf(line), message })));
  }

  private run(setting: Setting): void {
    const story = storyOf(setting);
    if (!story.ok) {
      this.complain([{ line: 1, column: 1, message: `${story.path.join(" ")}: ${story.detail}` }]);
      return;
    }
    this.complain([]);
    const { failure, isInconclusive } = story.value.report;
    const count = setting.commands.length;
    byId("state").textContent =
      failure !== null
        ? `${failure.property} fails for ${failure.strategy} after step ${failure.step} of ${count}`
        : isInconclusive
          ? "inconclusive: a capacity was reached"
          : `no violation in ${count} step${count === 1 ? "" : "s"}`;
    this.tell(story.value);
  }

  private async ask(header: string): Promise<void> {
    const query = new URLSearchParams(location.search);
    query.set("header", header);
    this.asked.add(header);
    try {
      const response = await fetch(`rules?${query}`);
      if (!response.ok) throw new Error(`${response.status}`);
      this.known.set(header, (await response.json()) as RulesAnswer);
    } catch {
      const message = "the rules cannot be asked for: nestfuzz explore does not run any more; start it again";
      this.complain([{ line: 1, column: 1, message }]);
      return;
    } finally {
      this.asked.delete(header);
    }
    this.read();
  }

  /** Shows what is wrong, each with its line; the picture stays that of the last text that could be read. */
  private complain(errors: readonly TextError[]): void {
    document.body.classList.toggle("outdated", errors.length > 0);
    this.text.setAttribute("aria-invalid", String(errors.length > 0));
    if (errors.length > 0) byId("state").textContent = "the picture is that of the text before";
    const lines = this.text.value.split("\n");
    this.number(errors);
    byId("errors").replaceChildren(
      ...errors.map(({ line, column, message }) => {
        const button = element("button", { text: `line ${line}, column ${column}: ${message}` });
        button.type = "button";
        button.append(element("code", { text: lines[line - 1] ?? "" }));
        button.addEventListener("click", () => this.goTo(line, column));
        return element("li", {}, button);
      }),
    );
  }

  /** Numbers the lines, and marks those where something is wrong. */
  private number(errors: readonly TextError[]): void {
    const bad = new Set(errors.map(({ line }) => line));
    const items = this.text.value.split("\n").map((_, at) =>
      element("li", {
        text: `${bad.has(at + 1) ? "\u25c6 " : ""}${at + 1}`,
        className: bad.has(at + 1) ? "bad" : "",
      }),
    );
    byId("gutter").replaceChildren(...items);
    byId("gutter").scrollTop = this.text.scrollTop;
  }

  private goTo(line: number, column: number): void {
    const lines = this.text.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
    this.text.focus();
    this.text.setSelectionRange(start + column - 1, start + (lines[line - 1]?.length ?? 0));
  }
}
