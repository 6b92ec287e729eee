/**
 * The smallest unit as one would write it by hand in Promela: a concrete IOTLB, two stages of one level, an
 * invalidation of a page or of all and a fence.
 *
 * For N IOVA pages, N guest pages and H host pages; entries are not present, read-only or read-write. A change of stage
 * 2 is one step with what the host owes for it. The unit prefetches and drops entries at any moment, and a pending
 * invalidation executes at any moment up to the fence. It walks at once, where the prover's unit has walks in flight:
 * SPIN has less to do. What is owed: the page for a change of a present entry; all pages for a new one, if at all.
 */

export interface ConcreteUnit {
  pages: number;
  hosts: number;
  /** Whether the IOTLB holds that a page is not present. */
  negative: boolean;
  /** Whether an invalidation is owed for an entry that was not present, and for one that was. */
  owes: { new: boolean; old: boolean };
}

const range = (count: number): number[] => Array.from({ length: count }, (_, at) => at);
/** Entries as numbers: 0 not present, then 1 + 2 * target, one more if it may be written. */
const entriesTo = (targets: number): number[] => [0, ...range(2 * targets).map((entry) => entry + 1)];

export function concreteUnit({ pages, hosts, negative, owes }: ConcreteUnit): string {
  const each = (text: (page: number) => string): string => range(pages).map(text).join("; ");
  const lines = [
    ...range(pages).flatMap((page) => [
      ...entriesTo(pages).map((entry) => `:: d_step { leaf[${page}] != ${entry} -> write(${page}, ${entry}) }`),
      ...entriesTo(hosts).map(
        (entry) => `:: d_step { stage2[${page}] != ${entry} -> stage2[${page}] = ${entry}; flush(); settle() }`,
      ),
      `:: d_step { pending == 0 -> pending = FIRST + ${page}; coverPage(${page}) }`,
      `:: d_step { RESULT(${page}) != FAULT && tlb[${page}] != RESULT(${page}) -> tlb[${page}] = RESULT(${page}) }`,
      ...(negative ? [`:: d_step { RESULT(${page}) == FAULT && tlb[${page}] != FAULT -> tlb[${page}] = FAULT }`] : []),
      `:: d_step { tlb[${page}] != 0 -> tlb[${page}] = 0 }`,
      `:: d_step { owed[${page}] == 0 && tlb[${page}] != 0 && tlb[${page}] != RESULT(${page}) -> assert(false) }`,
    ]),
    `:: d_step { pending == 0 -> pending = ALL; ${each((page) => `cover(${page})`)} }`,
    ":: d_step { pending == ALL || pending >= FIRST -> execute(); pending = DONE }",
    ":: d_step { pending != 0 -> execute(); settle() }",
  ];
  // The start: two IOVA pages are mapped, as in the start state of a proof.
  const start = [
    ...range(Math.min(pages, 2)).map((page) => `leaf[${page}] = ${2 + 2 * page}`),
    ...range(pages).map((page) => `stage2[${page}] = ${2 + 2 * Math.min(page, hosts - 1)}`),
  ];
  return `/* A concrete unit with one IOTLB: ${pages} IOVA and guest pages, ${hosts} host pages. */
#define ALL 1
#define DONE 2
#define FIRST 3
/* In the IOTLB: 0 nothing, FAULT not present, else 2 + 2 * host page, one more if it may be written. */
#define FAULT 1
#define GUEST(p) ((leaf[p] - 1) / 2)
#define MISSES(p) (leaf[p] == 0 || stage2[GUEST(p)] == 0)
#define HOST(p) ((stage2[GUEST(p)] - 1) / 2)
#define WRITABLE(p) (!(leaf[p] & 1) && !(stage2[GUEST(p)] & 1))
#define RESULT(p) (MISSES(p) -> FAULT : 2 + 2 * HOST(p) + WRITABLE(p))
/* What is owed for a page: nothing, a fence alone, an invalidation of the page, one of all pages. */
#define COVERED 1
#define PAGE 2
#define WIDE 3
byte leaf[${pages}]; byte stage2[${pages}]; byte tlb[${pages}]; byte owed[${pages}];
byte pending;

inline write(p, e) {
  if
  :: leaf[p] == 0 -> ${owes.new ? "owed[p] = WIDE" : "skip"}
  :: leaf[p] != 0 && owed[p] != WIDE -> ${owes.old ? "owed[p] = PAGE" : "skip"}
  :: else -> skip
  fi;
  leaf[p] = e
}
inline coverPage(p) { if :: owed[p] == PAGE -> owed[p] = COVERED :: else -> skip fi }
inline cover(p) { if :: owed[p] != 0 -> owed[p] = COVERED :: else -> skip fi }
inline flush() { ${each((page) => `tlb[${page}] = 0`)} }
inline execute() {
  if
  :: pending == ALL -> flush()
  :: pending >= FIRST -> tlb[pending - FIRST] = 0
  :: else -> skip
  fi
}
inline settle() {
  pending = 0;
  ${each((page) => `if :: owed[${page}] == COVERED -> owed[${page}] = 0 :: else -> skip fi`)}
}
init {
  d_step { ${start.join("; ")} }
  do
  ${lines.join("\n  ")}
  od
}
`;
}
