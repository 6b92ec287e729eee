/**
 * From a path to a YAML document whose every node has a place.
 *
 * Phases, each reporting all that it finds before the next is tried: bytes (exists, size, UTF-8), signs (control
 * characters), depth and number of tokens (by the lexer, since the parser recurses), syntax, then a pass over all nodes
 * for what the YAML library accepts and we do not: duplicate keys (its own check is quadratic), tags, directives and
 * nested aliases. Values are read by `reader.ts`. A byte-order mark and CRLF line ends are fine.
 */

import { readFileSync, statSync } from "node:fs";
import type { Document, LineCounter, Node } from "yaml";
import type { Place } from "./home.js";
import * as say from "./messages.js";
import { type Complaint, type Loaded, loaded, type Problem, problemAt, type Spot } from "./problems.js";
import { yaml } from "./yaml-library.js";

export const SIZE_LIMIT = 1024 * 1024;
export const DEPTH_LIMIT = 40;
export const TOKEN_LIMIT = 100_000;
export const ALIAS_LIMIT = 100;

/** A parsed file: its root node, and the place of any offset in it. */
export interface YamlFile {
  place: Place;
  document: Document.Parsed;
  root: Node;
  spot(offset: number): Spot;
}

export function readYaml(place: Place): Loaded<YamlFile> {
  const bytes = readBytes(place);
  if (!bytes.ok) return bytes;
  const text = decodeUtf8(place, bytes.value);
  if (!text.ok) return text;
  return parseYaml(place, text.value);
}

function fail(place: Place, complaint: Complaint, line = 1, column = 1): Loaded<never> {
  return { ok: false, problems: [problemAt({ file: place.shown, line, column }, complaint)] };
}

function readBytes(place: Place): Loaded<Buffer> {
  try {
    const status = statSync(place.path);
    if (status.isDirectory()) return fail(place, say.fileIsDirectory(place.shown));
    // Not a pipe or a device: their size is not known before they are read, and they may never end.
    if (!status.isFile()) return fail(place, say.fileUnreadable(place.shown, "not a regular file"));
    if (status.size > SIZE_LIMIT) return fail(place, say.fileTooLarge(status.size, SIZE_LIMIT));
    return { ok: true, value: readFileSync(place.path) };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown error";
    const missing = code === "ENOENT" || code === "ENOTDIR";
    return fail(place, missing ? say.fileMissing(place.shown) : say.fileUnreadable(place.shown, code));
  }
}

function decodeUtf8(place: Place, bytes: Buffer): Loaded<string> {
  try {
    return { ok: true, value: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    const at = firstBadByte(bytes);
    const before = new TextDecoder("utf-8", { ignoreBOM: false }).decode(bytes.subarray(0, at)).split("\n");
    return fail(place, say.notUtf8(bytes[at] ?? 0), before.length, before.at(-1)!.length + 1);
  }
}

/** The start of the first sequence that is not UTF-8, by halving: a prefix is good or bad, and stays bad. */
function firstBadByte(bytes: Buffer): number {
  let good = 0;
  let bad = bytes.length;
  while (good < bad) {
    const middle = (good + bad + 1) >> 1;
    // `stream` lets a prefix end inside a sequence.
    if (decodes(bytes.subarray(0, middle))) good = middle;
    else bad = middle - 1;
  }
  // A sequence cut off by `good` began up to three bytes earlier.
  while (good > 0 && (bytes[good - 1]! & 0xc0) === 0x80 && !completes(bytes.subarray(0, good))) good--;
  return good > 0 && !completes(bytes.subarray(0, good)) ? good - 1 : good;
}

function decodes(bytes: Uint8Array, stream = true): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream });
    return true;
  } catch {
    return false;
  }
}

function completes(bytes: Uint8Array): boolean {
  return decodes(bytes, false);
}

/** Parses text that is in memory already; `readYaml` without the file. */
export function parseYaml(place: Place, text: string): Loaded<YamlFile> {
  const lines = new (yaml().LineCounter)();
  const spot = (offset: number): Spot => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { file: place.shown, line: Math.max(1, line), column: Math.max(1, col) };
  };
  countLines(lines, text);
  const signs = controlCharacters(text, spot);
  if (signs.length > 0) return loaded<YamlFile>(undefined, signs);
  const heavy = tooHeavy(text);
  if (heavy !== undefined) return loaded<YamlFile>(undefined, [problemAt(spot(heavy.offset), heavy.complaint)]);
  // Line starts are counted above; the duplicate check of the library compares every pair of keys.
  const document = yaml().parseDocument(text, { prettyErrors: false, uniqueKeys: false, logLevel: "error" });
  const problems = [...syntaxProblems(document, spot), ...nodeProblems(document, spot)];
  const root = document.contents;
  const empty = root === null || (yaml().isScalar(root) && root.value === null && root.source === "");
  if (problems.length === 0 && empty) return fail(place, say.fileEmpty());
  return loaded(root === null ? undefined : { place, document, root, spot }, problems);
}

function countLines(lines: LineCounter, text: string): void {
  lines.addNewLine(0);
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) lines.addNewLine(at + 1);
}

function controlCharacters(text: string, spot: (offset: number) => Spot): Problem[] {
  const problems: Problem[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const allowed = unit >= 0x20 ? unit !== 0x7f : unit === 0x09 || unit === 0x0a || unit === 0x0d;
    if (!allowed) problems.push(problemAt(spot(at), say.controlCharacter(unit)));
  }
  return problems;
}

/**
 * The first token that is nested too deep, or one too many: the parser takes stack for the one and time for the other
 * (a MiB of closing brackets, a quarter of a minute). Flow depth is the open brackets; block depth is the stack of
 * columns at which a line, or a `-` or `?` in it, begins. The lexer is a loop, so no depth harms it.
 */
function tooHeavy(text: string): { offset: number; complaint: Complaint } | undefined {
  const columns: number[] = [];
  let flow = 0;
  let tokens = 0;
  let offset = 0;
  let lineStart = 0;
  let first = true;
  for (const lexeme of new (yaml().Lexer)().lex(text)) {
    const blank = lexeme.trim() === "" || lexeme.startsWith("#");
    if (lexeme === "[" || lexeme === "{") flow++;
    else if (lexeme === "]" || lexeme === "}") flow = Math.max(0, flow - 1);
    else if (flow === 0 && !blank && (first || lexeme === "-" || lexeme === "?")) {
      const column = offset - lineStart;
      while (columns.length > 0 && columns.at(-1)! >= column) columns.pop();
      columns.push(column);
    }
    if (flow + columns.length > DEPTH_LIMIT) return { offset, complaint: say.tooDeep(DEPTH_LIMIT) };
    if (++tokens > TOKEN_LIMIT) return { offset, complaint: say.tooManyTokens(TOKEN_LIMIT) };
    if (!blank) first = false;
    // The lexer's own signs (document start, end, a scalar follows) take no room in the text.
    if (!isMarker(lexeme)) offset += lexeme.length;
    if (lexeme.includes("\n")) {
      lineStart = offset - (lexeme.length - lexeme.lastIndexOf("\n") - 1);
      first = true;
    }
  }
  return undefined;
}

const MARKERS = new Set(["\u0002", "\u0018", "\u001f"]);

function isMarker(lexeme: string): boolean {
  return MARKERS.has(lexeme);
}

function syntaxProblems(document: Document.Parsed, spot: (offset: number) => Spot): Problem[] {
  const errors = document.errors.map((error) =>
    problemAt(spot(error.pos[0]), syntaxComplaint(error.code, error.message)),
  );
  const warnings = document.warnings
    .filter((warning) => warning.code === "BAD_DIRECTIVE")
    .map((warning) => problemAt(spot(warning.pos[0]), say.directive(warning.message)));
  const version = document.directives.yaml;
  const old = version.explicit === true && version.version !== "1.2";
  const oldProblem = old ? [problemAt(spot(0), say.directive(`%YAML ${version.version}`))] : [];
  return [...errors, ...warnings, ...oldProblem];
}

function syntaxComplaint(code: string, message: string): Complaint {
  switch (code) {
    case "TAB_AS_INDENT":
      return say.tabIndent();
    case "MULTIPLE_DOCS":
      return say.severalDocuments();
    case "BAD_INDENT":
      return say.syntax(message, "line it up, or close the bracket before it");
    case "MISSING_CHAR":
      return say.syntax(message, "add the missing sign");
    case "BAD_DQ_ESCAPE":
      return say.syntax(message, "double the backslash or use single quotes");
    default:
      // The library may add codes; its message still says what was seen.
      return say.syntax(message, "put quotes around text with special signs, or correct the line");
  }
}

/** Checks every node once, with a stack of our own. An anchored value may hold no alias, so expansion stays linear. */
function nodeProblems(document: Document.Parsed, spot: (offset: number) => Spot): Problem[] {
  const problems: Problem[] = [];
  const anchors = new Set<string>();
  let aliasCount = 0;
  const stack: { node: unknown; anchored: boolean }[] = [{ node: document.contents, anchored: false }];
  for (let entry = stack.pop(); entry !== undefined; entry = stack.pop()) {
    const { node, anchored } = entry;
    if (yaml().isAlias(node)) {
      aliasCount++;
      const at = spot(node.range![0]);
      if (anchored) problems.push(problemAt(at, say.nestedAlias(node.source)));
      else if (!anchors.has(node.source)) problems.push(problemAt(at, say.unknownAlias(node.source)));
      if (aliasCount === ALIAS_LIMIT + 1) problems.push(problemAt(at, say.tooManyAliases(aliasCount, ALIAS_LIMIT)));
      continue;
    }
    if (!yaml().isScalar(node) && !yaml().isMap(node) && !yaml().isSeq(node)) continue;
    const inside = anchored || node.anchor !== undefined;
    if (node.anchor !== undefined) anchors.add(node.anchor);
    if (node.tag !== undefined && !IMPLIED_TAGS.has(node.tag))
      problems.push(problemAt(spot(node.range![0]), say.tagged(node.tag)));
    if (yaml().isMap(node)) {
      for (const problem of duplicateKeys(node.items, spot)) problems.push(problem);
      // Pushed backwards, so that anchors are met in the order of the file.
      for (const pair of [...node.items].reverse()) {
        stack.push({ node: pair.value, anchored: inside }, { node: pair.key, anchored: inside });
      }
    } else if (yaml().isSeq(node)) {
      for (const item of [...node.items].reverse()) stack.push({ node: item, anchored: inside });
    }
  }
  return problems;
}

/** Tags that the library puts on nodes by itself. */
const IMPLIED_TAGS = new Set(["tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "tag:yaml.org,2002:str"]);

function duplicateKeys(items: readonly { key: unknown }[], spot: (offset: number) => Spot): Problem[] {
  const problems: Problem[] = [];
  const first = new Map<string, number>();
  for (const { key } of items) {
    if (!yaml().isScalar(key)) continue;
    const name = String(key.value);
    const line = spot(key.range![0]).line;
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, line);
    else problems.push(problemAt(spot(key.range![0]), say.duplicateKey(name, earlier)));
  }
  return problems;
}
