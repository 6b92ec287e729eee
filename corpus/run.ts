/**
 * From the setting of an entry to a runner with its commands.
 *
 * The pages that the commands name are in play in large geometries too, so that a sequence means the same wherever it
 * is run. Nothing here throws on text, whatever it holds: what cannot be read comes back as a sentence and the field.
 */

import { type Command, encodeAll } from "../commands/command.js";
import { parseCommands } from "../commands/language.js";
import { type Geometry, parseGeometry } from "../models/geometry.js";
import { parseStart } from "../models/start.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";
import { Runner } from "../search/runner.js";
import type { Setting } from "./entry.js";

/** What the texts of a setting say. */
export interface ReadSetting {
  ok: true;
  commands: Command[];
  geometry: Geometry;
  start: ReadonlySet<number>;
}
export interface PreparedRun {
  ok: true;
  runner: Runner;
  commands: Command[];
  sequence: Float64Array;
}
export interface Unreadable {
  ok: false;
  /** The field and, for a command, its index. */
  path: readonly (string | number)[];
  detail: string;
}

export function prepareRun(setting: Setting): PreparedRun | Unreadable {
  const read = readSetting(setting);
  if (!read.ok) return read;
  const { commands, geometry, start } = read;
  return { ok: true, runner: new Runner(setting, geometry, start), commands, sequence: encodeAll(commands) };
}

/** As `prepareRun`, without the runner: its tables take longer than all that is read. */
export function readSetting(setting: Pick<Setting, "commands" | "geometry" | "start">): ReadSetting | Unreadable {
  const commands: Command[] = [];
  for (const [at, line] of setting.commands.entries()) {
    const parsed = parseCommands(line);
    if (!parsed.ok) return { ok: false, path: ["commands", at], detail: parsed.errors[0]!.message };
    if (parsed.commands.length !== 1) return { ok: false, path: ["commands", at], detail: "not one command a line" };
    commands.push(parsed.commands[0]!);
  }
  const geometry = parseGeometry(setting.geometry, namedPages(commands));
  if (typeof geometry === "string") return { ok: false, path: ["geometry"], detail: geometry };
  const start = parseStart(setting.start, geometry);
  if (typeof start === "string") return { ok: false, path: ["start"], detail: start };
  return { ok: true, commands, geometry, start };
}

/** The IOVA pages that commands name. */
export function namedPages(commands: readonly Command[]): number[] {
  return commands.flatMap((command) => {
    if (command.kind === "invalidate") return INVALIDATION_KINDS[command.invalidation] === "s2" ? [] : [command.base];
    return "iova" in command ? [command.iova] : [];
  });
}

/** The contexts of a start state, as an entry keeps them. */
export function startText(start: ReadonlySet<number>): string {
  if (start.size === 0) return "none";
  return [...start]
    .sort((a, b) => a - b)
    .map((context) => `c${context}`)
    .join(" ");
}

/** The number of an IOVA page in play. */
export function pageNumber(geometry: Geometry, position: number): number {
  return geometry.iova.pages[position]!;
}
