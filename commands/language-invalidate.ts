/**
 * The grammar of `inv KIND operands`.
 *
 * Operands stand in any order and each at most once; what is not given is ANY, and no address is `all`. `mask=` belongs
 * to the nearest `cN` or `base=` before it. Every kind takes every operand: whether a unit compares it with anything is
 * up to the architecture. Addresses are guest pages (`g`) for `s2` and IOVA pages (`i`) for the others, and the wrong
 * letter is an error: read as the other space, it would quietly name another page.
 */

import { INVALIDATION_KINDS, type InvalidationKind } from "../rules/vocabulary.js";
import { ANY, type CommandOf, NO_DOMAIN, RANGE } from "./command.js";
import { sentence } from "./language-codes.js";
import { LARGEST_PAGE, nearestOr, type Place, type TokenReader } from "./language-reader.js";

export type Invalidate = CommandOf<"invalidate">;

/** Whether an invalidation of this kind comes from the host where the text does not say. */
export function defaultHost(kind: InvalidationKind): 0 | 1 {
  return kind === "s2" ? 1 : 0;
}

/** The letter of the pages that an invalidation of this kind names. */
export function pageLetter(kind: InvalidationKind): "i" | "g" {
  return kind === "s2" ? "g" : "i";
}

const DIGITS = "decimal digits";
const OPERAND: Place = {
  what: "an operand of the invalidation",
  form: "dN, d-, pN, cN, mask=M, all, a page, [PAGE+n], base=PAGE, leaf, level=N",
};

/** Reads on behind `inv`; `host` is undefined where the text does not say who sends it. */
export function readInvalidate(reader: TokenReader, host: 0 | 1 | undefined): Invalidate {
  const kind = readKind(reader);
  if (kind === "s2") reader.example = "inv s2 d0 g8";
  return new OperandReader(reader, kind, host ?? defaultHost(kind)).readAll();
}

function readKind(reader: TokenReader): InvalidationKind {
  const word = reader.peek();
  if (reader.takeIf("iotlb-domain")) return "iotlb";
  const kind = INVALIDATION_KINDS.find((candidate) => candidate === word);
  if (kind !== undefined) {
    reader.skip();
    return kind;
  }
  const known = INVALIDATION_KINDS.join(", ");
  if (word === undefined) {
    reader.failAt({ what: "a kind of invalidation", form: known });
  } else {
    const mend = nearestOr(word, INVALIDATION_KINDS, `write it like: ${reader.example}`);
    reader.fail("NF206", (seen) => sentence(`unknown kind of invalidation ${seen}`, known, mend));
  }
  return "iotlb";
}

class OperandReader {
  readonly #reader: TokenReader;
  readonly #kind: InvalidationKind;
  readonly #command: Invalidate;
  readonly #given = new Set<string>();
  /** Whose `mask=` may come next. */
  #maskOf: "requester" | "range" | undefined;

  /** The operands that begin with a fixed word. */
  readonly #keywords: ReadonlyMap<string, () => void> = new Map([
    ["d-", () => this.#readNoDomain()],
    ["did", () => this.#readNoDomain()],
    ["pasid", () => this.#readPasid()],
    ["mask", () => this.#readMask()],
    ["all", () => this.#readAllPages()],
    ["[", () => this.#readCount()],
    ["base", () => this.#readBase()],
    ["leaf", () => this.#readLeaf()],
    ["level", () => this.#readLevel()],
  ]);

  constructor(reader: TokenReader, kind: InvalidationKind, host: 0 | 1) {
    this.#reader = reader;
    this.#kind = kind;
    this.#command = {
      kind: "invalidate",
      invalidation: INVALIDATION_KINDS.indexOf(kind),
      host,
      domain: ANY,
      process: ANY,
      requester: ANY,
      requesterMask: 0,
      form: RANGE.all,
      base: 0,
      size: 0,
      leaf: 0,
      level: 0,
    };
  }

  readAll(): Invalidate {
    while (this.#reader.peek() !== undefined) this.#readOne();
    return this.#command;
  }

  #readOne(): void {
    const reader = this.#reader;
    const word = reader.peek() ?? "";
    if (reader.peekNumbered("d")) this.#readDomain();
    else if (reader.peekNumbered("p")) this.#readProcess();
    else if (reader.peekNumbered("c")) this.#readRequester();
    else if (reader.peekNumbered("ig")) this.#readPage();
    else if (this.#keywords.has(word)) this.#keywords.get(word)!();
    else reader.failAt(OPERAND, [...this.#keywords.keys()]);
  }

  /** Marks an operand as given. The next word is still the operand's, so that a second one is reported there. */
  #once(operand: string): void {
    if (this.#given.has(operand)) {
      this.#reader.fail("NF207", (seen) =>
        sentence(`${seen} gives ${operand} a second time`, `${operand} once`, "send two invalidations"),
      );
    }
    this.#given.add(operand);
  }

  #readDomain(): void {
    this.#once("the domain tag");
    this.#command.domain = this.#reader.numbered("d", { what: "a domain tag", form: "dN" });
  }

  /** `d-`, or as VT-d drivers write it `did=0`: the tag of negative context entries. */
  #readNoDomain(): void {
    this.#once("the domain tag");
    this.#command.domain = NO_DOMAIN;
    if (this.#reader.takeIf("d-")) return;
    this.#reader.skip();
    this.#reader.symbol("=");
    if (this.#reader.takeIf("0")) return;
    if (this.#reader.peek() === undefined) this.#reader.failAt({ what: "0", form: "did=0" });
    this.#reader.fail("NF208", (seen) => sentence(`${seen} behind did=`, "did=0, d-, dN", "write other tags as dN"));
  }

  #readProcess(): void {
    this.#once("the process tag");
    this.#command.process = this.#reader.numbered("p", { what: "a process tag", form: "pN" });
  }

  /** `pasid=1` for `p1`. */
  #readPasid(): void {
    this.#once("the process tag");
    this.#reader.skip();
    this.#reader.symbol("=");
    this.#command.process = this.#reader.number({ what: "a process tag", form: DIGITS });
  }

  #readRequester(): void {
    this.#once("the requester");
    this.#command.requester = this.#reader.numbered("c", { what: "a requester", form: "cN" });
    this.#maskOf = "requester";
  }

  #readMask(): void {
    switch (this.#maskOf) {
      case undefined:
        this.#reader.fail("NF208", (seen) =>
          sentence(
            `${seen} with nothing that it masks`,
            "cN mask=M, base=PAGE mask=M",
            "write it behind cN or base=PAGE",
          ),
        );
        return;
      case "requester":
        this.#once("the requester mask");
        this.#reader.skip();
        this.#reader.symbol("=");
        this.#command.requesterMask = this.#reader.takeIf("low")
          ? 1
          : this.#reader.number({ what: "a requester mask", form: `${DIGITS}, low` });
        return;
      case "range":
        this.#once("the range mask");
        this.#reader.skip();
        this.#reader.symbol("=");
        this.#command.size = this.#reader.number({ what: "a range mask", form: DIGITS }, LARGEST_PAGE);
        return;
    }
  }

  #readAllPages(): void {
    this.#once("the range");
    this.#reader.skip();
  }

  /** `i4`: one page. */
  #readPage(): void {
    this.#once("the range");
    this.#setRange(RANGE.count, this.#page(), 1);
  }

  /** `[i4+3]`: three pages from i4 on. The count may be 0: what that means is the encoding's affair. */
  #readCount(): void {
    this.#once("the range");
    this.#reader.symbol("[");
    const base = this.#page();
    this.#reader.symbol("+");
    const count = this.#reader.number({ what: "a number of pages", form: DIGITS }, LARGEST_PAGE);
    this.#reader.symbol("]");
    this.#setRange(RANGE.count, base, count);
  }

  /** `base=i4`, then perhaps `mask=1`. */
  #readBase(): void {
    this.#once("the range");
    this.#reader.skip();
    this.#reader.symbol("=");
    this.#setRange(RANGE.mask, this.#page(), 0);
    this.#maskOf = "range";
  }

  #setRange(form: number, base: number, size: number): void {
    this.#command.form = form;
    this.#command.base = base;
    this.#command.size = size;
  }

  #page(): number {
    const letter = pageLetter(this.#kind);
    const other = letter === "g" ? "i" : "g";
    if (this.#reader.peekNumbered(other)) {
      const space = letter === "g" ? "guest pages" : "IOVA pages";
      return this.#reader.fail("NF208", (seen) =>
        sentence(
          `${seen} in an invalidation of kind ${this.#kind}`,
          `${space}, ${letter}N`,
          "name the page in that space",
        ),
      );
    }
    return this.#reader.numbered(letter, { what: "a page", form: `${letter}N` }, LARGEST_PAGE);
  }

  #readLeaf(): void {
    this.#once("the leaf hint");
    this.#command.leaf = 1;
    this.#reader.skip();
  }

  #readLevel(): void {
    this.#once("the level hint");
    this.#reader.skip();
    this.#reader.symbol("=");
    this.#command.level = this.#reader.number({ what: "a level", form: DIGITS });
  }
}
