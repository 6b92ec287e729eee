/**
 * The errors of the sequence language: their codes, and the list that collects them.
 *
 * Mistakes in a text are returned, never thrown. A message says what was seen; what is known; how to mend it. Messages
 * are built only for the errors that are reported, so that a text with a million mistakes costs no more than reading
 * it. Columns count UTF-16 units from 1, as editors do. A word is quoted in ASCII and cut short: the text may be
 * binary.
 */

export const LANGUAGE_CODES = {
  NF201: "unknown command",
  NF202: "the command ends too early",
  NF203: "a word that does not fit its place",
  NF204: "words after the end of the command",
  NF205: "a number out of range",
  NF206: "unknown kind of invalidation",
  NF207: "an operand given twice",
  NF208: "an operand that the command does not take in this form",
  NF209: "a round bracket without its partner",
  NF210: "unknown header key",
  NF211: "a header key given twice",
  NF212: "a header line where only commands may stand",
  NF213: "a header value that is missing or unknown",
  NF214: "further errors, counted only",
  NF215: "a block in a mail without its end",
  NF216: "a block whose check is not that of what it says",
  NF217: "a block without the check that is due",
  NF218: "a part of a block without its start",
  NF219: "a one-line form that is damaged",
  NF220: "rules that are not those that the sequence was found under",
  NF221: "a rule line that cannot be read",
} as const;
export type LanguageCode = keyof typeof LANGUAGE_CODES;

/** One mistake in a text; `line` and `column` count from 1 in the text as it was given. */
export interface LanguageError {
  line: number;
  column: number;
  code: LanguageCode;
  message: string;
}

/** A mistake before it is placed in the text: `offset` counts from 0 in its line. */
export interface Problem {
  offset: number;
  code: LanguageCode;
  message: () => string;
}

/** What was seen; what is known; how to mend it. */
export function sentence(seen: string, known: string, mend: string): string {
  return `${seen}; known: ${known}; ${mend}`;
}

const LONGEST_QUOTE = 24;

/** A word of the text as a message shows it. */
export function quoteWord(word: string): string {
  const shown = word.length > LONGEST_QUOTE ? `${word.slice(0, LONGEST_QUOTE)}...` : word;
  return JSON.stringify(shown).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Errors of one text beyond this number are counted only. */
export const MOST_ERRORS = 20;

/** Collects errors in the order of the text; the last one stands for all those that are too many. */
export class ErrorList {
  readonly #errors: LanguageError[] = [];
  #overflow: LanguageError | undefined;
  #overflowCount = 0;

  add(line: number, column: number, problem: Pick<Problem, "code" | "message">): void {
    if (this.#errors.length < MOST_ERRORS) {
      this.#errors.push({ line, column, code: problem.code, message: problem.message() });
      return;
    }
    this.#overflow ??= { line, column, code: "NF214", message: "" };
    this.#overflowCount += 1;
  }

  get isEmpty(): boolean {
    return this.#errors.length === 0;
  }

  toArray(): LanguageError[] {
    if (this.#overflow === undefined) return [...this.#errors];
    return [...this.#errors, { ...this.#overflow, message: `and ${this.#overflowCount} more` }];
  }
}
