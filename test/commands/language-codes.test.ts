/** Every mistake has its line, column, code and sentence; a text with many is cut at twenty. */

import { describe, expect, it } from "vitest";
import { HEADER_KEYS, LANGUAGE_CODES, parseCommands, parseSequence } from "../../commands/language.js";
import { ErrorList, quoteWord } from "../../commands/language-codes.js";

const COMMANDS = "w, ctx, inv, guest, host, fence, F, s2, move, dma, prefetch, evict, walk+, walk-, execute";
const KEYS = HEADER_KEYS.join(", ");
const OPERANDS = "dN, d-, pN, cN, mask=M, all, a page, [PAGE+n], base=PAGE, leaf, level=N";
const SEPARATE = 'separate commands by ";" and put remarks in ( )';
const BEGIN = "begin with one of these words, or put a remark in ( ) or behind #";
const ENTRIES = "-, bad, leaf gX, super gX, table gX";
const STAGE2 = "-, bad, hN, super hN, table hN";
const KINDS = "iotlb, ctx, pasid, dev, s2";
const CONTEXTS = "-, bad, (dN,pN,gN), (vN,dN,pN,gN)";
const FIELDS = "=, valid=, vm=, domain=, process=, root=";
const W = "write it like: w g4[0]=leaf g8 rw";
const CTX = "write it like: ctx c0=(d0,p0,g2)";
const INV = "write it like: inv iotlb d0 p0 [i0+4]";
const DMA = "write it like: dma r c0 i0";
const S2 = "write it like: s2 d0 g8=h8 rw";
const ENDS = "the command ends before it";

/** Text, line, column, code, message. */
const REFUSED: [string, number, number, string, string][] = [
  ["dmaa r c0 i0", 1, 1, "NF201", `unknown command "dmaa"; known: ${COMMANDS}; did you mean dma?`],
  ["DMA r c0 i0", 1, 1, "NF201", `unknown command "DMA"; known: ${COMMANDS}; did you mean dma?`],
  ["x", 1, 1, "NF201", `unknown command "x"; known: ${COMMANDS}; ${BEGIN}`],
  ["fence\n  f", 2, 3, "NF201", `unknown command "f"; known: ${COMMANDS}; did you mean F?`],
  ["[", 1, 1, "NF201", `unknown command "["; known: ${COMMANDS}; ${BEGIN}`],
  ["w g4[0]=-\n\tread c0 i0  # c", 2, 2, "NF201", `unknown command "read"; known: ${COMMANDS}; ${BEGIN}`],
  [
    "Hi\n--8<-- nestfuzz --\n> F\n> dam r c0 i0\n-->8--\n",
    4,
    3,
    "NF201",
    `unknown command "dam"; known: ${COMMANDS}; did you mean dma?`,
  ],
  ["\u0000\u0001\u00e9 w", 1, 1, "NF201", `unknown command "\\u0000\\u0001\\u00e9"; known: ${COMMANDS}; ${BEGIN}`],
  ["dma", 1, 4, "NF202", `the command ends where the access is due; known: r, w; ${DMA}`],
  ["dma r", 1, 6, "NF202", `the command ends where a context is due; known: cN; ${DMA}`],
  ["dma r c0", 1, 9, "NF202", `the command ends where an IOVA page is due; known: iN; ${DMA}`],
  ["ctx c0", 1, 7, "NF202", `the command ends where "=" or a field is due; known: ${FIELDS}; ${CTX}`],
  ["ctx c0=", 1, 8, "NF202", `the command ends where a context entry is due; known: ${CONTEXTS}; ${CTX}`],
  ["w", 1, 2, "NF202", `the command ends where a guest page, or a VM before it, is due; known: gT[k], dV gT[k]; ${W}`],
  ["w g4", 1, 5, "NF202", `the command ends where "[" is due; known: [; ${W}`],
  ["w g4[0]", 1, 8, "NF202", `the command ends where "=" is due; known: =; ${W}`],
  ["w g4[0]=", 1, 9, "NF202", `the command ends where an entry is due; known: ${ENTRIES}; ${W}`],
  ["w g4[0]=leaf", 1, 13, "NF202", `the command ends where a guest page is due; known: gN; ${W}`],
  ["host", 1, 5, "NF202", 'the command ends where "inv" is due; known: inv; write it like: host inv iotlb d0 p0 i0'],
  ["s2 d0 g8=", 1, 10, "NF202", `the command ends where a stage-2 entry is due; known: ${STAGE2}; ${S2}`],
  ["inv iotlb did=", 1, 15, "NF202", `the command ends where 0 is due; known: did=0; ${INV}`],
  [
    "execute",
    1,
    8,
    "NF202",
    "the command ends where the number of a pending command is due; known: decimal digits; write it like: execute 0",
  ],
  ["inv iotlb [i0+1", 1, 16, "NF202", `the command ends where "]" is due; known: ]; ${INV}`],
  [
    "inv iotlb all inv",
    1,
    15,
    "NF203",
    `"inv" where an operand of the invalidation is due; known: ${OPERANDS}; ${INV}`,
  ],
  ["dma x c0 i0", 1, 5, "NF203", `"x" where the access is due; known: r, w; ${DMA}`],
  ["dma r d0 i0", 1, 7, "NF203", `"d0" where a context is due; known: cN; ${DMA}`],
  ["dma r c0 i0x10", 1, 10, "NF203", `"i0x10" where an IOVA page is due; known: iN; ${DMA}`],
  ["dma r c0 g0", 1, 10, "NF203", `"g0" where an IOVA page is due; known: iN; ${DMA}`],
  ["w g4(0)=-", 1, 8, "NF203", `"=" where "[" is due; known: [; ${W}`],
  ["w h4[0]=-", 1, 3, "NF203", `"h4" where a guest page, or a VM before it, is due; known: gT[k], dV gT[k]; ${W}`],
  ["w g4[0]=tabel g5", 1, 9, "NF203", `"tabel" where an entry is due; known: ${ENTRIES}; did you mean table?`],
  ["w g4[0]=leaf h8", 1, 14, "NF203", `"h8" where a guest page is due; known: gN; ${W}`],
  ["ctx c0=none", 1, 8, "NF203", `"none" where a context entry is due; known: ${CONTEXTS}; ${CTX}`],
  ["ctx c0=(d0,p0)", 1, 14, "NF203", `")" where "," is due; known: ,; ${CTX}`],
  ["ctx c0=(p0,d0,g2)", 1, 9, "NF203", `"p0" where a domain tag is due; known: dN; ${CTX}`],
  ["ctx c0 rot=g3", 1, 8, "NF203", `"rot" where "=" or a field is due; known: ${FIELDS}; did you mean root?`],
  ["ctx c0 root=3", 1, 13, "NF203", '"3" where the root is due; known: gN; write it like: ctx c0 root=g3'],
  ["ctx c0 valid=g1", 1, 14, "NF203", '"g1" where 0 or 1 is due; known: 0, 1; write it like: ctx c0 valid=0'],
  ["host fence", 1, 6, "NF203", '"fence" where "inv" is due; known: inv; write it like: host inv iotlb d0 p0 i0'],
  ["s2 d0 g8=r", 1, 10, "NF203", `"r" where a stage-2 entry is due; known: ${STAGE2}; ${S2}`],
  ["s2 g8=h8", 1, 4, "NF203", `"g8" where a VM is due; known: dV; ${S2}`],
  ["move d0 g8=g9", 1, 12, "NF203", '"g9" where a host page is due; known: hN; write it like: move d0 g8=h12'],
  [
    "inv s2 d0parent g8",
    1,
    8,
    "NF203",
    `"d0parent" where an operand of the invalidation is due; known: ${OPERANDS}; write it like: inv s2 d0 g8`,
  ],
  [
    "inv iotlb levl=1",
    1,
    11,
    "NF203",
    `"levl" where an operand of the invalidation is due; known: ${OPERANDS}; did you mean level?`,
  ],
  ["inv iotlb [i0]", 1, 14, "NF203", `"]" where "+" is due; known: +; ${INV}`],
  ["inv iotlb [i0+x]", 1, 15, "NF203", `"x" where a number of pages is due; known: decimal digits; ${INV}`],
  ["inv dev c0 mask=hi", 1, 17, "NF203", `"hi" where a requester mask is due; known: decimal digits, low; ${INV}`],
  [
    "execute x",
    1,
    9,
    "NF203",
    '"x" where the number of a pending command is due; known: decimal digits; write it like: execute 0',
  ],
  ["fence now", 1, 7, "NF204", `"now" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  ["w g4[0]=- rw", 1, 11, "NF204", `"rw" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  [
    "w g4[0]=leaf g14 rw as data",
    1,
    21,
    "NF204",
    `"as" is not part of the command; known: r, w, rw, none, then global may follow here; ${SEPARATE}`,
  ],
  ["w g4[0]=leaf g8 rw global rw", 1, 27, "NF204", `"rw" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  ["ctx c0=(d0,p0,g2) with ATS", 1, 19, "NF204", `"with" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  ["dma r c0 i0 dma r c0 i1", 1, 13, "NF204", `"dma" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  [
    "w g2[1]=table g13, w g13[0]=leaf g12 rw",
    1,
    18,
    "NF204",
    `"," is not part of the command; known: r, w, rw, none, then global may follow here; ${SEPARATE}`,
  ],
  ["s2 d0 g8=- and s2 d1 g8=h8 rw", 1, 12, "NF204", `"and" is not part of the command; known: ${ENDS}; ${SEPARATE}`],
  [
    "s2 d0 g8=h8 rw global",
    1,
    16,
    "NF204",
    `"global" is not part of the command; known: r, w, rw, none may follow here; ${SEPARATE}`,
  ],
  [
    "dma r c0 i9007199254740992",
    1,
    10,
    "NF205",
    '"i9007199254740992" is too large; known: 0 to 9007199254740991; take a number of that range',
  ],
  ["w g1048576[0]=-", 1, 3, "NF205", '"g1048576" is too large; known: 0 to 1048575; take a number of that range'],
  [
    "inv iotlb [i0+99999999999999999999999999999999]",
    1,
    15,
    "NF205",
    '"999999999999999999999999..." is too large; known: 0 to 9007199254740991; take a number of that range',
  ],
  ["inv iotbl d0", 1, 5, "NF206", `unknown kind of invalidation "iotbl"; known: ${KINDS}; did you mean iotlb?`],
  ["inv deferred d1", 1, 5, "NF206", `unknown kind of invalidation "deferred"; known: ${KINDS}; ${INV}`],
  ["inv all", 1, 5, "NF206", `unknown kind of invalidation "all"; known: ${KINDS}; ${INV}`],
  ["inv d0", 1, 5, "NF206", `unknown kind of invalidation "d0"; known: ${KINDS}; ${INV}`],
  [
    "inv iotlb d0 d1",
    1,
    14,
    "NF207",
    '"d1" gives the domain tag a second time; known: the domain tag once; send two invalidations',
  ],
  [
    "inv iotlb d0 d-",
    1,
    14,
    "NF207",
    '"d-" gives the domain tag a second time; known: the domain tag once; send two invalidations',
  ],
  [
    "inv iotlb i0 all",
    1,
    14,
    "NF207",
    '"all" gives the range a second time; known: the range once; send two invalidations',
  ],
  [
    "inv iotlb i0 [i1+2]",
    1,
    14,
    "NF207",
    '"[" gives the range a second time; known: the range once; send two invalidations',
  ],
  [
    "inv dev c0 mask=1 mask=1",
    1,
    19,
    "NF207",
    '"mask" gives the requester mask a second time; known: the requester mask once; send two invalidations',
  ],
  [
    "inv dev c0 c1",
    1,
    12,
    "NF207",
    '"c1" gives the requester a second time; known: the requester once; send two invalidations',
  ],
  [
    "inv iotlb leaf leaf",
    1,
    16,
    "NF207",
    '"leaf" gives the leaf hint a second time; known: the leaf hint once; send two invalidations',
  ],
  [
    "inv iotlb p0 pasid=0",
    1,
    14,
    "NF207",
    '"pasid" gives the process tag a second time; known: the process tag once; send two invalidations',
  ],
  [
    "inv iotlb level=1 level=1",
    1,
    19,
    "NF207",
    '"level" gives the level hint a second time; known: the level hint once; send two invalidations',
  ],
  [
    "inv iotlb base=i0 mask=1 mask=2",
    1,
    26,
    "NF207",
    '"mask" gives the range mask a second time; known: the range mask once; send two invalidations',
  ],
  [
    "inv iotlb mask",
    1,
    11,
    "NF208",
    '"mask" with nothing that it masks; known: cN mask=M, base=PAGE mask=M; write it behind cN or base=PAGE',
  ],
  [
    "inv iotlb d0 g2",
    1,
    14,
    "NF208",
    '"g2" in an invalidation of kind iotlb; known: IOVA pages, iN; name the page in that space',
  ],
  [
    "inv s2 [i0+4]",
    1,
    9,
    "NF208",
    '"i0" in an invalidation of kind s2; known: guest pages, gN; name the page in that space',
  ],
  ["inv iotlb did=3", 1, 15, "NF208", '"3" behind did=; known: did=0, d-, dN; write other tags as dN'],
  [
    "inv ctx mask=1 c0",
    1,
    9,
    "NF208",
    '"mask" with nothing that it masks; known: cN mask=M, base=PAGE mask=M; write it behind cN or base=PAGE',
  ],
  [
    "inv iotlb i0 mask=1",
    1,
    14,
    "NF208",
    '"mask" with nothing that it masks; known: cN mask=M, base=PAGE mask=M; write it behind cN or base=PAGE',
  ],
  [
    "dma r c0 i0 (open",
    1,
    13,
    "NF209",
    "a round bracket without its partner; known: ( remark ), ctx c0=(d0,p0,g2); close it on the same line",
  ],
  [
    "dma r c0 i0 )",
    1,
    13,
    "NF209",
    "a round bracket without its partner; known: ( remark ), ctx c0=(d0,p0,g2); close it on the same line",
  ],
  [
    "(a (b) ; F",
    1,
    1,
    "NF209",
    "a round bracket without its partner; known: ( remark ), ctx c0=(d0,p0,g2); close it on the same line",
  ],
  [
    "architectur: vtd\nF",
    1,
    1,
    "NF210",
    `unknown header key "architectur"; known: ${KEYS}; did you mean architecture?`,
  ],
  ["note: x", 1, 1, "NF210", `unknown header key "note"; known: ${KEYS}; put other text behind #`],
  ["Title: x", 1, 1, "NF210", `unknown header key "Title"; known: ${KEYS}; did you mean title?`],
  [
    "properties: agreement # all\nproperty: x",
    2,
    1,
    "NF210",
    `unknown header key "property"; known: ${KEYS}; did you mean properties?`,
  ],
  ["title: a\ntitle: b", 2, 1, "NF211", 'header key "title" given twice; known: each key once; keep one of the lines'],
  [
    "F\ntitle: a",
    2,
    1,
    "NF212",
    'header line "title" where only commands may stand; known: header lines stand before the first command; move it there, or put it behind #',
  ],
  ["title:", 1, 7, "NF213", 'header key "title" without a value; known: text; give it a value or drop the line'],
  [
    "shadow: evicts, ignores-stage-2",
    1,
    17,
    "NF213",
    'unknown word about the shadow "ignores-stage-2"; known: ignores-stage2, evicts; did you mean ignores-stage2?',
  ],
  [
    "properties: agrement",
    1,
    13,
    "NF213",
    'unknown property "agrement"; known: agreement, cache-validity, refinement, isolation; did you mean agreement?',
  ],
  [
    "architecture: vtd legacy",
    1,
    19,
    "NF213",
    '"legacy" behind the name of the architecture; known: one name; put other text behind #',
  ],
  [
    "strategies: # none",
    1,
    13,
    "NF213",
    'header key "strategies" without a value; known: names such as hardware shadow; give it a value or drop the line',
  ],
  [
    "Hi,\n\n> --8<-- nestfuzz\n> F\n> -->8 --\n",
    3,
    3,
    "NF215",
    'a block starts with "--8<-- nestfuzz" and does not end; known: a block ends with a line that holds "-->8--"; add that line, or take the whole mail',
  ],
  [
    "--8<-- nestfuzz, 2 steps\n1. F\n",
    1,
    1,
    "NF215",
    'a block of 2 steps starts with "--8<-- nestfuzz" and does not end; known: a block ends with a line that holds "-->8--"; add that line, or take the whole mail',
  ],
  [
    "--8<-- nestfuzz, 1 step\n1. F\n-->8-- 1 step, check 00000000\n",
    3,
    1,
    "NF216",
    "what this block says has the check 578A366C, and its end says 00000000: a line of it was changed; known: the check is taken over what the block says, not over spaces and quotes; take the block as it was sent; if it was changed on purpose, end it with: -->8-- 1 step, check 578A366C",
  ],
  [
    "--8<-- nestfuzz, 3 steps\n1. F\n3. F\n-->8-- 3 steps, check 00000000\n",
    3,
    1,
    "NF216",
    "step 3 where step 2 is due; known: the steps of a block are numbered, each on its line; take the block as it was sent",
  ],
  [
    "--8<-- nestfuzz, 1 step\nF\n-->8-- 1 step\n",
    3,
    1,
    "NF217",
    "the block ends without its check; known: a sealed block ends like: -->8-- 5 steps, check 0123ABCD; take the line as it was sent; if the block was written by hand, take out the number of steps, id: and hash:",
  ],
  [
    "1. F\n-->8-- 1 step, check 00000000\n",
    2,
    1,
    "NF218",
    '"-->8--" without the start of its block; known: a block starts with a line that holds "--8<-- nestfuzz"; add that line, or take the whole mail',
  ],
  [
    "see nf1:OWIAubKQihHwYzU5FBFTWEVPTFZ",
    1,
    5,
    "NF219",
    'a one-line form that is damaged: 56 of 83 letters are missing; known: "nf1:" and letters, digits, "-" and "_", with their number and a check in them; copy it again, whole',
  ],
];

describe("errors of a text", () => {
  it.each(REFUSED)("%j", (text, line, column, code, message) => {
    expect(parseSequence(text)).toEqual({ ok: false, errors: [{ line, column, code, message }] });
  });

  it("cover every code", () => {
    const seen = new Set(REFUSED.map(([, , , code]) => code));
    expect(Object.keys(LANGUAGE_CODES).filter((code) => !seen.has(code))).toEqual([
      "NF214",
      // Of the rules that are meant: test/cli/meant-rules.test.ts.
      "NF220",
      "NF221",
    ]);
  });

  it("come all at once, one a command", () => {
    const parsed = parseSequence("tilte: x\ndma; dma r c0 i0; s2 d0 d1 d2\nF F F");
    const places = parsed.ok ? [] : parsed.errors.map(({ line, column, code }) => [line, column, code]);
    expect(places).toEqual([
      [1, 1, "NF210"],
      [2, 4, "NF202"],
      [2, 25, "NF203"],
      [3, 3, "NF204"],
    ]);
  });

  it("are cut at twenty, the rest is counted", () => {
    const parsed = parseSequence(`F\n${"x\n".repeat(19)}  x; x; x`);
    const errors = parsed.ok ? [] : parsed.errors;
    expect(errors).toHaveLength(21);
    expect(errors[19]).toMatchObject({ line: 21, column: 3, code: "NF201" });
    expect(errors[20]).toEqual({ line: 21, column: 6, code: "NF214", message: "and 2 more" });
  });

  it("of a text of commands refuse a header", () => {
    expect(parseCommands("title: x\nF")).toMatchObject({ ok: false, errors: [{ line: 1, column: 1, code: "NF212" }] });
  });
});

describe("ErrorList", () => {
  it("builds no message that is not reported", () => {
    const list = new ErrorList();
    let built = 0;
    const message = (): string => {
      built += 1;
      return "";
    };
    for (let at = 0; at < 1000; at += 1) list.add(1, at + 1, { code: "NF201", message });
    expect(built).toBe(20);
    expect(list.toArray()).toHaveLength(21);
  });
});

describe("quoteWord", () => {
  it.each([
    ["dma", '"dma"'],
    ['a"b\\', '"a\\"b\\\\"'],
    ["\u0000\u00e9\u{1f600}\u007f", '"\\u0000\\u00e9\\ud83d\\ude00\\u007f"'],
    ["x".repeat(25), `"${"x".repeat(24)}..."`],
  ])("%j is shown as %s", (word, shown) => {
    expect(quoteWord(word)).toBe(shown);
  });
});
