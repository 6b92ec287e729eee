/**
 * What `nestfuzz explore` begins with: the text of its editor, and the setting that the text means.
 *
 * A sequence file stands in the editor as it is written, unless flags put something in place of its header; anything
 * else as the sequence that it is, under a header that says all that can be changed.
 */

import fs from "fs-extra";
import { BLOCK_START, parseCommands, printSequence, type SequenceHeader, SHADOW_WORDS } from "../commands/language.js";
import type { Setting } from "../corpus/entry.js";
import { formatCorpusProblem } from "../corpus/problems.js";
import { builtInNames, contractRef } from "../report/built-in.js";
import { toldRules } from "../report/told-rules.js";
import { isPath } from "../rules/home.js";
import { PROPERTY_NAMES } from "../rules/vocabulary.js";
import { refuse } from "./exit.js";
import { readBytes, sequencesOf, settingsOfLine } from "./replay-mail.js";
import { type ReadSetting, type SettingFlags, settingFrom, settingWith } from "./setting.js";
import { findEntry } from "./stores.js";

export interface Beginning {
  /** Of the page. */
  title: string;
  text: string;
  setting: Setting;
}

/** A page is mapped anew; what is still cached goes step by step. */
const EXAMPLE = `dma r c0 i0
w g4[0]=leaf g9 rw
inv iotlb d0 p0 i0
fence
inv dev c0 i0
fence
dma r c0 i0
`;

export async function beginningOf(ref: string | undefined, corpus: string, flags: SettingFlags): Promise<Beginning> {
  if (ref === undefined) return spelledOut("a sequence to begin with", settingFrom("(example)", EXAMPLE, flags), flags);
  if (/^nf1(:|%3A)/.test(ref)) {
    const setting = settingsOfLine(ref, flags)[0]!();
    return spelledOut(setting.header.id ?? "a sequence", setting, flags);
  }
  if (ref === "-" || (fs.existsSync(ref) && !ref.endsWith(".json"))) return fromFile(ref, flags);
  if (/^nf-|^[0-9a-f]+$|\.json$/.test(ref)) {
    const found = findEntry(corpus, ref);
    if (!found.ok) refuse(...found.problems.map(formatCorpusProblem));
    return spelledOut(found.value.id, settingWith(found.value, flags), flags);
  }
  // No file has a name like a command.
  if (/[\s;=]/.test(ref)) return spelledOut("a sequence", settingFrom("(sequence)", ref, flags), flags);
  return refuse(
    `${ref}:1:1: no such file, and no id; known: an id (nf-...), nf1:..., a file, - for standard input, or a ` +
      'sequence such as "dma r c0 i0; w g4[0]=-"; nestfuzz corpus list shows the ids',
  );
}

async function fromFile(ref: string, flags: SettingFlags): Promise<Beginning> {
  const file = ref === "-" ? "(standard input)" : ref;
  const bytes = readBytes(ref);
  const { sequences, errors, notes } = await sequencesOf(file, bytes, flags);
  for (const line of notes) process.stderr.write(`${line}\n`);
  const [first, ...more] = sequences;
  if (first === undefined) return refuse(...errors);
  for (const line of errors) process.stderr.write(`${line}\n`);
  if (more.length > 0) process.stderr.write(`${file}: the first of its ${sequences.length} sequences is taken\n`);
  const setting = first.setting();
  const text = bytes.toString("utf8");
  const isPlain = !text.includes(BLOCK_START) && !/^(From |[\w-]+: .*\n[\s\S]*^Message-ID:)/im.test(text);
  const isAsWritten = isPlain && sequences.length === 1 && Object.keys(flags).length === 0;
  return isAsWritten ? { title: file, text, setting } : spelledOut(setting.header.id ?? file, setting, flags);
}

/** The canonical text, with a line for each thing that the header can say. */
function spelledOut(title: string, setting: Setting | ReadSetting, flags: SettingFlags): Beginning {
  const said: SequenceHeader = "header" in setting ? setting.header : {};
  const { strategies, properties, geometry, start, shadow } = setting;
  const departures = SHADOW_WORDS.filter((word) => (word === "evicts" ? shadow.evicts : !shadow.followsStage2));
  const parsed = parseCommands(setting.commands.join("\n"));
  const header: SequenceHeader = {
    ...rulesHeader(setting, { ...said, ...flags }),
    strategies,
    ...(properties.length === PROPERTY_NAMES.length ? {} : { properties }),
    ...(departures.length === 0 ? {} : { shadow: departures }),
    geometry,
    start,
  };
  const { commands: _, ...rules } = setting;
  return {
    title,
    text: printSequence({ header, commands: parsed.ok ? parsed.commands : [] }),
    setting: { ...withoutHeader(rules), commands: setting.commands },
  };
}

/**
 * The lines that say the rules: a designer's own files as they were named, all else as a mail tells it. The hash is
 * left out, since the header is there to be changed.
 */
function rulesHeader(setting: Setting, named: Pick<SequenceHeader, "architecture" | "contract">): SequenceHeader {
  const names = builtInNames(setting);
  const isFile = (ref: string | undefined): ref is string => ref !== undefined && isPath(ref.split(" ")[0]!);
  if (!isFile(named.architecture) && !isFile(named.contract)) {
    const { hash: _, ...told } = toldRules(setting, names).header;
    return told;
  }
  return {
    architecture: isFile(named.architecture) ? named.architecture : (names.architecture ?? setting.architecture.name),
    contract: isFile(named.contract) ? named.contract : (names.contract ?? contractRef(setting.contract)),
  };
}

/** Of what was read, what the page is given. */
function withoutHeader({ header: _, id: __, ...rules }: Record<string, unknown>): Omit<Setting, "commands"> {
  const { architecture, contract, strategies, properties, shadow, geometry, start } = rules as unknown as Setting;
  return { architecture, contract, strategies, properties, shadow, geometry, start };
}
