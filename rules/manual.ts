/**
 * How a manual writes a command: names and operands as a line of text with places for what is sent.
 *
 * `IOTINVAL.VMA GV={domain?} [GSCID={domain}] AV={address?} [ADDR={address}]`: `{x}` is the operand itself, `{x?}` 1 if
 * it was given and else 0; what stands in square brackets is left out where an operand in it was not given. A command
 * that the manual splits has several forms, divided by `|`; the first is meant of which every operand outside brackets
 * was given.
 */

/** What may stand in curly brackets, with what it says of an operand as sent. */
export const PLACES = {
  domain: "the domain tag; 0 for the reserved one",
  process: "the process tag",
  requester: "the number of the context",
  "requester-mask": "the mask over the requester",
  address: "address of the page, in hexadecimal; of the first and the last where each takes a command",
  base: "the same, where other operands say how many pages follow",
  napot: "that address with the size in its low bits, as PCIe ATS has it",
  log2: "binary logarithm of the number of pages, rounded up",
  several: "1 for more than one page",
  num: "pages less one, divided by 2^scale",
  scale: "the least exponent with which num is below 32",
  level: "the level hint, from 1 for the last level",
  ttl: "the level hint as Arm counts: 3 for the last level of four",
  granule: "1 where a range or a level is given",
  leaf: "1 for the hint that only leaves are meant",
  "not-leaf": "the opposite",
} as const;
export type Place = keyof typeof PLACES;

/** Those that are always given, if only as 0. */
const ALWAYS: readonly Place[] = ["requester-mask", "level", "ttl", "granule", "leaf", "not-leaf"];
/** Those that are given with an address. */
const OF_ADDRESS: readonly Place[] = ["address", "base", "napot", "log2", "several", "num", "scale"];

/** A piece of a form: text, or a place. */
export type Piece = string | { place: Place; isFlag: boolean };
/** Words of a form, each a list of pieces; `optional` words stood in brackets. */
export interface ManualForm {
  name: string;
  words: readonly { pieces: readonly Piece[]; optional: boolean }[];
}

export type ManualMistake = { seen: string; known: string };

/** The forms of a text, or the first mistake in it. */
export function parseManual(text: string): readonly ManualForm[] | ManualMistake {
  const forms: ManualForm[] = [];
  for (const part of text.split("|")) {
    const form = parseForm(part.trim());
    if ("seen" in form) return form;
    forms.push(form);
  }
  return forms;
}

function parseForm(text: string): ManualForm | ManualMistake {
  const words: ManualForm["words"][number][] = [];
  const names: string[] = [];
  for (const [token] of text.matchAll(/\[[^\]]*\]|\S+/g)) {
    const optional = token.startsWith("[");
    if (optional !== token.endsWith("]")) return { seen: token, known: "[ and ] stand around words" };
    const parts = (optional ? token.slice(1, -1) : token).split(/\s+/).filter((word) => word !== "");
    for (const word of parts) {
      const pieces = parsePieces(word);
      if (!Array.isArray(pieces)) return pieces as ManualMistake;
      const isPlain = !optional && pieces.every((piece) => typeof piece === "string") && !word.includes("=");
      if (isPlain && words.length === 0) names.push(word);
      else words.push({ pieces, optional });
    }
  }
  if (names.length === 0) return { seen: text, known: "a form begins with the command's name" };
  return { name: names.join(" "), words };
}

function parsePieces(word: string): Piece[] | ManualMistake {
  const pieces: Piece[] = [];
  for (const [token] of word.matchAll(/\{[^}]*\}|[^{]+|\{/g)) {
    if (!token.startsWith("{")) {
      pieces.push(token);
      continue;
    }
    const isFlag = token.endsWith("?}");
    const place = token.slice(1, isFlag ? -2 : -1);
    if (!Object.hasOwn(PLACES, place)) return { seen: token, known: Object.keys(PLACES).join(", ") };
    pieces.push({ place: place as Place, isFlag });
  }
  return pieces;
}

/** Which operands a command gives. */
export interface Given {
  domain: boolean;
  process: boolean;
  requester: boolean;
  address: boolean;
}

export function isGiven(place: Place, given: Given): boolean {
  if (ALWAYS.includes(place)) return true;
  if (OF_ADDRESS.includes(place)) return given.address;
  return given[place as keyof Given];
}

/** The form that is meant for operands of this kind: the first that they fill; undefined if a unit would need more. */
export function chooseForm(forms: readonly ManualForm[], given: Given): ManualForm | undefined {
  const filled = (form: ManualForm): boolean =>
    form.words.every(
      ({ pieces, optional }) =>
        optional || pieces.every((piece) => typeof piece === "string" || piece.isFlag || isGiven(piece.place, given)),
    );
  return forms.find(filled);
}

/** The names alone: `CMD_TLBI_NH_VA, CMD_TLBI_NH_ALL`. */
export function manualNames(text: string): string {
  const forms = parseManual(text);
  return "seen" in forms ? text : [...new Set(forms.map(({ name }) => name))].join(", ");
}
