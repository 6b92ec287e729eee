/**
 * The line protocol: any program that reads commands of the sequence language and answers translations is a target.
 *
 * `docs/targets.md` specifies it. Every request is one line that begins with a number, every answer one line that
 * begins with the same number, so that an answer that is missing, late or given twice names its request. A sequence is
 * written as a whole and ends with `sync`; what is left over even then shows at the next `reset`.
 */

import { decode, KIND, STRIDE, slots } from "../commands/command.js";
import { printCommand } from "../commands/language.js";
import type { Machine } from "../models/machine.js";
import { ANY_FAULT } from "../models/values.js";
import { Child, type Received } from "./child.js";
import { type Answers, isNoise, type Target, type TargetInfo, type TargetRun, whatHappened } from "./target.js";
import { parseWithout, type Without } from "./without.js";

export const PROTOCOL = "nestfuzz-target/1";
const D = slots("dma");
/** Characters of an answer that are quoted in a message. */
const QUOTED = 60;

/** What `hello` told, or a sentence on what is wrong with the program. */
export type Opened = { ok: true; target: ProtocolTarget } | { ok: false; detail: string; stderr: readonly string[] };

/** Starts `command` (by the shell) and says hello. `quiet`: milliseconds without an answer that are a hang. */
export function openTarget(command: string, quiet: number): Opened {
  const session = new Session(command, quiet);
  const hello = session.hello();
  if ("detail" in hello) {
    session.close();
    return { ok: false, ...hello };
  }
  return { ok: true, target: new ProtocolTarget(command, quiet, session, hello.info, hello.without) };
}

interface Hello {
  info: TargetInfo;
  without: readonly Without[];
}

export class ProtocolTarget implements Target {
  private session: Session | null;

  constructor(
    private readonly command: string,
    private readonly quiet: number,
    session: Session,
    readonly info: TargetInfo,
    private readonly without: readonly Without[],
  ) {
    this.session = session;
  }

  accepts(sequence: Float64Array, at: number): boolean {
    return !isNoise(sequence, at) && !this.without.some(({ leavesOut }) => leavesOut(sequence, at));
  }

  begin(_machine: Machine, start: ReadonlySet<number>): TargetRun {
    if (this.session !== null) return new Run(this.session, start);
    this.session = new Session(this.command, this.quiet);
    const hello = this.session.hello();
    if ("detail" in hello) return greetedBadly(hello.detail, hello.stderr);
    const [before, now] = [this.info, hello.info].map((info) => Object.values(info).join(" "));
    if (before !== now) return greetedBadly(`greets as "${now}" when it is started again, and was "${before}"`, []);
    return new Run(this.session, start);
  }

  restart(): void {
    this.session?.close();
    this.session = null;
  }

  close(): void {
    this.session?.bye();
    this.restart();
  }
}

/** The run of a program that could not be started again. */
function greetedBadly(what: string, stderr: readonly string[]): TargetRun {
  return { step() {}, send() {}, finish: () => ({ outcomes: [], trouble: { step: -1, what }, stderr }) };
}

/** One process. */
class Session {
  private readonly child: Child;
  private number = 0;

  constructor(
    command: string,
    private readonly quiet: number,
  ) {
    this.child = new Child("/bin/sh", ["-c", command]);
  }

  /** The number of the next request. */
  next(): number {
    return this.number++;
  }

  hello(): Hello | { detail: string; stderr: readonly string[] } {
    const number = this.next();
    this.send(`${number} hello ${PROTOCOL}\n`);
    const received = this.receive(1);
    if (received.state !== "complete")
      return { detail: `${whatHappened(received)}, when it was greeted`, stderr: received.stderr };
    const line = received.text.trimEnd();
    const hello = readHello(line, number);
    return typeof hello === "string" ? { detail: hello, stderr: received.stderr } : hello;
  }

  send(text: string): void {
    this.child.send(text);
  }

  receive(lines: number): Received {
    return this.child.receive(lines, this.quiet);
  }

  /** Lets the program end by itself; what it answers does not matter any more. */
  bye(): void {
    this.send(`${this.next()} bye\n`);
    this.child.receive(1, Math.min(this.quiet, 500));
  }

  close(): void {
    this.child.close();
  }
}

/** `0 hello nestfuzz-target/1 name=N version=V architecture=A [without=W,W] geometry=G`. */
function readHello(line: string, number: number): Hello | string {
  const known = `due: "${number} hello ${PROTOCOL} name=N version=V architecture=A geometry=2x4"`;
  const match = /^([0-9]+) hello (\S+) (.*)$/.exec(line);
  if (match === null || Number(match[1]) !== number) return `answered "${quoted(line)}" to the greeting; ${known}`;
  if (match[2] !== PROTOCOL) return `speaks ${quoted(match[2]!)}; known: ${PROTOCOL}`;
  const [words, geometry] = match[3]!.split(/\bgeometry=/);
  const fields = new Map(
    words!
      .trim()
      .split(/\s+/)
      .map((word) => word.split("=", 2) as [string, string]),
  );
  for (const name of ["name", "version", "architecture"])
    if (!fields.get(name)) return `does not say its ${name} in "${quoted(line)}"; ${known}`;
  const without = parseWithout(fields.get("without") ?? "");
  if (typeof without === "string") return `says without=: ${without}`;
  const info = {
    name: fields.get("name")!,
    version: fields.get("version")!,
    architecture: fields.get("architecture")!,
    geometry: (geometry ?? "2x4").trim(),
  };
  return { info, without };
}

/** A line that was sent: its number, the command it is about, and whether it asks for a translation. */
interface Asked {
  number: number;
  step: number;
  text: string;
  isQuestion: boolean;
}

class Run implements TargetRun {
  private readonly asked: Asked[] = [];

  constructor(
    private readonly session: Session,
    start: ReadonlySet<number>,
  ) {
    const contexts = [...start].sort((a, b) => a - b).map((context) => ` c${context}`);
    this.ask(-1, `reset${contexts.join("")}`, false);
  }

  private ask(step: number, text: string, isQuestion: boolean): void {
    this.asked.push({ number: this.session.next(), step, text, isQuestion });
  }

  step(sequence: Float64Array, at: number): void {
    const from = at * STRIDE;
    if (sequence[from] === KIND.dma) {
      const access = sequence[from + D.access] === 1 ? "w" : "r";
      this.ask(at, `translate ${access} c${sequence[from + D.context]} i${sequence[from + D.iova]}`, true);
    } else this.ask(at, `do ${printCommand(decode(sequence, at))}`, false);
  }

  send(): void {
    this.ask(this.asked.at(-1)!.step, "sync", false);
    this.session.send(this.asked.map(({ number, text }) => `${number} ${text}\n`).join(""));
  }

  finish(): Answers {
    const received = this.session.receive(this.asked.length);
    const lines = received.text.split("\n").slice(0, -1);
    const outcomes: number[] = [];
    const { stderr } = received;
    for (const [at, asked] of this.asked.entries()) {
      const line = lines[at];
      if (line === undefined) {
        const what = `${whatHappened(received)}, at "${asked.text}"`;
        return { outcomes, trouble: { step: asked.step, what }, stderr };
      }
      const answer = readAnswer(line, asked);
      if (typeof answer === "string") return { outcomes, trouble: { step: asked.step, what: answer }, stderr };
      if (asked.isQuestion) outcomes.push(answer);
    }
    return { outcomes, trouble: null, stderr };
  }
}

/** The outcome (0 for `ok`), or what is wrong, after "the target ". Numbers are left out: they count the whole run. */
function readAnswer(line: string, { number, text, isQuestion }: Asked): number | string {
  const due = isQuestion ? "hN or fault" : "ok";
  const match = /^([0-9]+) (\S.*?)\s*$/.exec(line);
  if (match === null) return `answered "${quoted(line)}" to "${text}"; due: its number and ${due}`;
  const given = Number(match[1]);
  if (given < number) return `answered an earlier request once more, or late, at "${text}"`;
  if (given > number) return `left out the answer to "${text}"`;
  const answer = match[2]!;
  if (/^error\b/.test(answer)) return `refused "${text}": ${quoted(answer)}`;
  const told = `answered "${quoted(answer)}" to "${text}"; due: ${due}`;
  if (!isQuestion) return answer === "ok" ? 0 : told;
  if (/^fault\b/.test(answer)) return ANY_FAULT;
  const page = /^h([0-9]{1,4})$/.exec(answer);
  return page === null ? told : Number(page[1]);
}

function quoted(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, "?");
  return printable.length > QUOTED ? `${printable.slice(0, QUOTED)}...` : printable;
}
