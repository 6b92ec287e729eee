/**
 * Reads the words of one command in order, and remembers the first that does not fit.
 *
 * The problem is sticky: after it every read gives 0 or false and moves nothing, so the grammar reads straight through
 * and asks once, at the end. One problem a command is enough: the words behind it are guesses.
 */

import { suggest } from "../rules/suggest.js";
import { type LanguageCode, type Problem, quoteWord, sentence } from "./language-codes.js";
import type { Token } from "./language-lexer.js";

/** Largest number of an IOVA page, a page of an invalidation, and a count of such pages. */
export const LARGEST_PAGE = Number.MAX_SAFE_INTEGER;
/** Largest of every other number. */
export const LARGEST_NUMBER = 1_048_575;

/** What stands at a place of a command: its name, and the forms that may be written there. */
export interface Place {
  what: string;
  form: string;
}

/** The hint part of a message: the nearest known word if there is one, else `otherwise`. */
export function nearestOr(word: string, known: readonly string[], otherwise: string): string {
  // Every word of one letter is near every other; of those only the same letter in the wrong case is meant.
  const likely = known.filter((candidate) => candidate.length > 1 || candidate.toLowerCase() === word.toLowerCase());
  const nearest = suggest(word, likely);
  return nearest === undefined ? otherwise : `did you mean ${nearest}?`;
}

export class TokenReader {
  readonly #tokens: readonly Token[];
  /** A command of the sort that is being read, for messages. */
  example: string;
  #at = 0;
  #problem: Problem | undefined;

  constructor(tokens: readonly Token[], example: string) {
    this.#tokens = tokens;
    this.example = example;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  /** The next word, or undefined at the end or after a problem. */
  peek(): string | undefined {
    return this.#problem === undefined ? this.#tokens[this.#at]?.text : undefined;
  }

  /** Whether the next word is a number behind one of `letters`. */
  peekNumbered(letters: string): boolean {
    const word = this.peek();
    return word !== undefined && letters.includes(word[0]!) && isDigits(word.slice(1));
  }

  skip(): void {
    if (this.peek() !== undefined) this.#at += 1;
  }

  takeIf(text: string): boolean {
    if (this.peek() !== text) return false;
    this.#at += 1;
    return true;
  }

  /** The symbol `text`, which is due here. */
  symbol(text: string): void {
    if (!this.takeIf(text)) this.failAt({ what: quoteWord(text), form: text });
  }

  /** One of the words `known`. */
  choice<W extends string>(known: readonly W[], place: Place): W | undefined {
    const word = this.peek();
    const found = known.find((candidate) => candidate === word);
    if (found === undefined) this.failAt(place, known);
    else this.#at += 1;
    return found;
  }

  /** A number behind one of `letters`, as in `g12`. */
  numbered(letters: string, place: Place, largest = LARGEST_NUMBER): number {
    if (!this.peekNumbered(letters)) return this.failAt(place);
    return this.#number(this.peek()!.slice(1), largest);
  }

  /** A number by itself. */
  number(place: Place, largest = LARGEST_NUMBER): number {
    if (!isDigits(this.peek() ?? "")) return this.failAt(place);
    return this.#number(this.peek()!, largest);
  }

  #number(digits: string, largest: number): number {
    const value = Number(digits);
    if (!(value <= largest)) {
      return this.fail("NF205", (seen) =>
        sentence(`${seen} is too large`, `0 to ${largest}`, "take a number of that range"),
      );
    }
    this.#at += 1;
    return value;
  }

  /** The command ends here; `known` is what might still have followed. */
  finish(known: string): void {
    if (this.peek() === undefined) return;
    this.fail("NF204", (seen) =>
      sentence(
        `${seen} is not part of the command`,
        known === "" ? `the command ends before it` : `${known} may follow here`,
        'separate commands by ";" and put remarks in ( )',
      ),
    );
  }

  /** The next word, or the end, does not fit `place`. */
  failAt(place: Place, known: readonly string[] = []): 0 {
    const word = this.peek();
    const otherwise = `write it like: ${this.example}`;
    if (word === undefined) {
      return this.fail("NF202", () => sentence(`the command ends where ${place.what} is due`, place.form, otherwise));
    }
    return this.fail("NF203", (seen) =>
      sentence(`${seen} where ${place.what} is due`, place.form, nearestOr(word, known, otherwise)),
    );
  }

  /** Records a problem with the next word; only the first one counts. Returns the number that stands for it. */
  fail(code: LanguageCode, message: (seen: string) => string): 0 {
    const token = this.#tokens[this.#at];
    const offset = token?.start ?? this.#tokens.at(-1)?.end ?? 0;
    this.#problem ??= { offset, code, message: () => message(token === undefined ? "the end" : quoteWord(token.text)) };
    return 0;
  }
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
