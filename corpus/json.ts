/**
 * Canonical JSON, and the place of a mistake in a JSON text.
 *
 * One value has one text: keys sorted by code unit, two spaces of indentation, one item a line (so one command a line),
 * a newline at the end; `jq -S .` prints the same. The language's own parser reads; only where it refuses, or where a
 * value is not what is due, does a scanner of our own go over the text again to find line and column: what the parser
 * says of places differs between versions of Node.
 */

/** Nested deeper than any entry, and than the scanner goes. */
const DEPTH_LIMIT = 64;

export interface TextPlace {
  line: number;
  column: number;
}

export type ParsedJson = { ok: true; value: unknown } | { ok: false; place: TextPlace; seen: string };

export function canonicalJson(value: unknown): string {
  return `${write(value, "")}\n`;
}

function write(value: unknown, indent: string): string {
  if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`JSON has no ${value}`);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const items = isList
    ? value.map((item) => write(item, inner))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, part]) => `${JSON.stringify(key)}: ${write(part, inner)}`);
  const [open, close] = isList ? "[]" : "{}";
  return items.length === 0 ? `${open}${close}` : `${open}\n${inner}${items.join(`,\n${inner}`)}\n${indent}${close}`;
}

export function parseJson(text: string): ParsedJson {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    const scanner = new Scanner(text, undefined);
    scanner.document();
    return { ok: false, place: placeAt(text, scanner.at), seen: seenAt(text, scanner.at) };
  }
}

/** Where the value at `path` stands in a JSON text, or the nearest value around it if there is none. */
export function placeOf(text: string, path: readonly PropertyKey[]): TextPlace {
  const scanner = new Scanner(text, path);
  scanner.document();
  return placeAt(text, scanner.found);
}

function placeAt(text: string, offset: number): TextPlace {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

function seenAt(text: string, offset: number): string {
  const sign = text[offset];
  if (sign === undefined) return text.trim() === "" ? "an empty file" : "the text ends here";
  return `${JSON.stringify(sign)} is not JSON here`;
}

const BLANKS = /[ \t\n\r]*/y;
const WORD = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** Goes over a text by the grammar; stops with `at` on the first sign that does not fit. */
class Scanner {
  at = 0;
  /** Offset of the deepest value on the way to the path. */
  found = 0;

  constructor(
    private readonly text: string,
    private readonly path: readonly PropertyKey[] | undefined,
  ) {}

  document(): void {
    if (this.value(0, this.path !== undefined)) this.skip(BLANKS);
  }

  /** `onPath`: all keys down to here are those of the path. */
  private value(depth: number, onPath: boolean): boolean {
    this.skip(BLANKS);
    if (depth > DEPTH_LIMIT) return false;
    if (onPath) this.found = this.at;
    switch (this.text[this.at]) {
      case "{":
        return this.items("}", () => this.member(depth, onPath));
      case "[":
        return this.items("]", (index) => this.value(depth + 1, onPath && this.path![depth] === index));
      case '"':
        return this.string();
      default:
        return this.skip(WORD) !== "";
    }
  }

  private items(close: string, item: (index: number) => boolean): boolean {
    this.at++;
    this.skip(BLANKS);
    if (this.take(close)) return true;
    for (let index = 0; ; index++) {
      if (!item(index)) return false;
      this.skip(BLANKS);
      if (this.take(close)) return true;
      if (!this.take(",")) return false;
    }
  }

  private member(depth: number, onPath: boolean): boolean {
    this.skip(BLANKS);
    const from = this.at;
    if (this.text[from] !== '"' || !this.string()) return false;
    const isNext = onPath && JSON.parse(this.text.slice(from, this.at)) === this.path![depth];
    this.skip(BLANKS);
    return this.take(":") && this.value(depth + 1, isNext);
  }

  private string(): boolean {
    for (this.at++; this.at < this.text.length; ) {
      const sign = this.text[this.at]!;
      if (sign === '"') return this.take('"');
      if (sign < " ") return false;
      if (sign !== "\\") this.at++;
      else if (this.skip(ESCAPE) === "") return false;
    }
    return false;
  }

  private take(sign: string): boolean {
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  private skip(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const matched = pattern.exec(this.text)?.[0] ?? "";
    this.at += matched.length;
    return matched;
  }
}
