/**
 * Everything that a pass tries where nothing simpler fails: the proposals of its docstring, taken word for word
 * (`plain.ts`), no more and no less. What it does with a success has tests in the file of the pass.
 */

import { describe, expect, it } from "vitest";
import {
  ANY,
  COMMANDS,
  type Command,
  type CommandKind,
  decodeAll,
  ENTRY,
  type Limits,
  READ,
  WRITE,
} from "../../commands/command.js";
import { CONTEXT_FIELDS } from "../../rules/vocabulary.js";
import type { Candidate } from "../../shrinkers/candidate.js";
import { exchange } from "../../shrinkers/exchange.js";
import { groups } from "../../shrinkers/groups.js";
import { lower } from "../../shrinkers/lower.js";
import { lowerEqual } from "../../shrinkers/lower-equal.js";
import { minimality } from "../../shrinkers/minimality.js";
import { pairs } from "../../shrinkers/pairs.js";
import { rehome } from "../../shrinkers/rehome.js";
import { remove } from "../../shrinkers/remove.js";
import { rename } from "../../shrinkers/rename.js";
import { reorder } from "../../shrinkers/reorder.js";
import { retarget } from "../../shrinkers/retarget.js";
import type { Fails, Pass } from "../../shrinkers/shrink.js";
import { start } from "../../shrinkers/start.js";
import { substitute } from "../../shrinkers/substitute.js";
import { Trial } from "../../shrinkers/trial.js";
import { twins } from "../../shrinkers/twins.js";
import {
  ALL_FAMILIES,
  allCommands,
  changed,
  choices,
  countOf,
  familiesOf,
  inUse,
  movedOnce,
  numberIn,
  type Proposal,
  product,
  put,
  renamedOnce,
  replaced,
  type Sequence,
  simplerOnes,
  upTo,
  valuesOf,
  without,
} from "./plain.js";
import { sequence as parsed, textOf } from "./sequences.js";

/** A geometry whose proposals can all be written out. */
const SMALL: Limits = {
  vms: 2,
  contexts: 3,
  domains: 3,
  processes: 3,
  guestPages: 4,
  hostPages: 4,
  entries: 2,
  iovaPages: 4,
  levels: 2,
  homes: [
    { context: 0, vm: 0, domain: 0, process: 0, tables: [2, 0] },
    { context: 1, vm: 0, domain: 0, process: 1, tables: [3, 1] },
    { context: 2, vm: 1, domain: 1, process: 0, tables: [2, 1] },
  ],
};

function proposal(text: string): Proposal {
  return { sequence: decodeAll(parsed(text).commands), start: new Set(ATTACHED) };
}

/** What is judged for a sequence that alone fails. */
function judgedBy(run: (candidate: Candidate, judge: Fails) => void, text: string): Set<string> {
  const judged = new Set<string>();
  run({ ...parsed(text), start: new Set(ATTACHED) }, ({ commands, start }) => {
    judged.add(`${[...start].sort().join()}: ${textOf(commands)}`);
    return false;
  });
  return judged;
}
const ATTACHED = [1, 2];

/** All sets of contexts that are simpler: fewer, or as many and lower ones. */
function simplerStarts(contexts: ReadonlySet<number>): ReadonlySet<number>[] {
  const key = (set: readonly number[]): string => `${set.length}${set.join("")}`;
  return [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]]
    .filter((set) => key(set) < key([...contexts].sort()))
    .map((set) => new Set(set));
}

type Plain = (best: Proposal) => Iterable<Sequence | Proposal>;

const isSequence = (item: Sequence | Proposal): item is Sequence => Array.isArray(item);

const REMOVALS: Plain = ({ sequence }) => {
  const proposals: Sequence[] = [];
  for (let size = Math.ceil(sequence.length / 2), last = 0; size !== last; [last, size] = [size, Math.ceil(size / 2)]) {
    for (let end = sequence.length; end > 0; end -= size) {
      proposals.push(sequence.filter((_, position) => position < end - size || position >= end));
    }
  }
  return proposals;
};

/** What a command names: an index and an IOVA page of one number are one name, VMs are none. */
function namesOf(command: Command): string[] {
  return Object.entries(familiesOf(command))
    .filter(([, family]) => family !== "vm")
    .map(([name, family]) => `${family === "index" ? "iova" : family} ${numberIn(command, name)}`);
}

const few =
  (count: number, any: number): Plain =>
  ({ sequence }) =>
    choices(sequence.length, count)
      .filter((chosen) => {
        const [first, ...others] = chosen.map((position) => namesOf(sequence[position]!));
        return sequence.length <= any || first!.some((name) => others.every((names) => names.includes(name)));
      })
      .map((chosen) => without(sequence, ...chosen));

const GROUPS: Plain = (best) => {
  const { sequence } = best;
  const labels = (command: Command): string[] => [command.kind, ...namesOf(command)];
  const all = sequence.flatMap(labels);
  const sets = all.map((label) => sequence.filter((command) => !labels(command).includes(label)));
  return [...sets.filter((set) => set.length > 0), ...few(3, 20)(best)];
};

/** A range of pages without its first ones. */
function trimmed(command: Command): Command[] {
  if (command.kind !== "invalidate" || command.form !== 1) return [];
  const end = command.base + command.size;
  return upTo(command.size).map((left) => put(command, { size: left || command.size, base: end - left }));
}

/** One operand has another value. */
const loweredOnce = (sequence: Sequence): Sequence[] =>
  sequence.flatMap((command, position) =>
    Object.keys(command)
      .filter((name) => name !== "kind")
      .flatMap((name) => valuesOf(command.kind, name, SMALL).map((value) => put(command, { [name]: value })))
      .map((other) => replaced(sequence, position, other)),
  );

const LOWER: Plain = ({ sequence }) => [
  ...loweredOnce(sequence),
  ...sequence.flatMap((command, position) => trimmed(command).map((other) => replaced(sequence, position, other))),
];

const isOwn = (command: Command, name: string): boolean => familiesOf(command)[name] === undefined;

/** All operands of one name that belong to no family, where they are equal, in the commands of one kind. */
function loweredColumns(sequence: Sequence): Sequence[] {
  return COMMANDS.flatMap(({ kind, operands }) =>
    operands.flatMap(({ name }) => {
      const has = (command: Command, value: number): boolean =>
        command.kind === kind && isOwn(command, name) && numberIn(command, name) === value;
      const values = valuesOf(kind, name, SMALL);
      return product(values, values)
        .filter(([value]) => sequence.some((command) => has(command, value!)))
        .map(([value, other]) =>
          sequence.map((command) => (has(command, value!) ? put(command, { [name]: other! }) : command)),
        );
    }),
  );
}

/** Two places of one number take a smaller one, where there are three to eight. */
function loweredTwo(sequence: Sequence): Sequence[] {
  return ALL_FAMILIES.flatMap((family) =>
    inUse(sequence, family).flatMap((value) => {
      const places = sequence.flatMap((command, position) =>
        Object.entries(familiesOf(command))
          .filter(([name, other]) => other === family && numberIn(command, name) === value)
          .map(([name]) => ({ position, name })),
      );
      if (places.length < 3 || places.length > 8) return [];
      return upTo(value).flatMap((smaller) =>
        choices(places.length, 2).map((chosen) =>
          chosen.reduce<Sequence>((one, at) => {
            const { position, name } = places[at]!;
            return replaced(one, position, put(one[position]!, { [name]: smaller }));
          }, sequence),
        ),
      );
    }),
  );
}

/** Index 1 becomes 0, in the writes to all tables, to one or to none, and so do digits of IOVA pages: bits here. */
function loweredLinked(sequence: Sequence): Sequence[] {
  const tables = sequence.flatMap((command) => (command.kind === "write" && command.index === 1 ? [command.page] : []));
  return [tables, [], ...tables.map((table) => [table])].flatMap((changing) => {
    const written = sequence.map((command) =>
      command.kind === "write" && changing.includes(command.page) ? put(command, { index: 0 }) : command,
    );
    return upTo(4).map((digits) => changed(written, "iova", (page) => page & ~digits));
  });
}

const loweredFamilies = (sequence: Sequence): Sequence[] =>
  ALL_FAMILIES.flatMap((family) =>
    inUse(sequence, family).flatMap((value) =>
      upTo(value).map((smaller) => changed(sequence, family, (number) => (number === value ? smaller : number))),
    ),
  );

const LOWER_EQUAL: Plain = ({ sequence }) => [
  ...loweredFamilies(sequence),
  ...loweredTwo(sequence),
  ...loweredLinked(sequence),
  ...loweredColumns(sequence),
];

function runsOf(sequence: Sequence, longest: number): [number, number][] {
  const all: [number, number] = [0, sequence.length];
  if (sequence.length > longest) return [all];
  return product(upTo(sequence.length), upTo(sequence.length + 1)).filter(([from, to]) => from! < to!) as never;
}

const RENAME: Plain = ({ sequence }) =>
  ALL_FAMILIES.flatMap((family) => {
    const order = inUse(sequence, family);
    const exchanged = product(order, upTo(countOf(family, SMALL))).filter(([value, other]) => other! < value!);
    return [
      changed(sequence, family, (number) => order.indexOf(number)),
      ...exchanged.flatMap(([value, other]) =>
        runsOf(sequence, 8).map((run) =>
          changed(sequence, family, (number) => (number === value ? other! : number === other ? value! : number), run),
        ),
      ),
    ];
  });

const REORDER: Plain = ({ sequence }) =>
  product(upTo(sequence.length), upTo(sequence.length))
    .filter(([from, to]) => to! < from! && (sequence.length <= 12 || to! + 1 === from))
    .map(([from, to]) => {
      const rest = without(sequence, from!);
      return [...rest.slice(0, to), sequence[from!]!, ...rest.slice(to)];
    });

const START: Plain = ({ sequence, start }) => simplerStarts(start).map((simpler) => ({ sequence, start: simpler }));

const EXCHANGE: Plain = ({ sequence, start }) => {
  const count = sequence.length;
  if (count < 2 || count > 12) return [];
  const proposals: (Sequence | Proposal)[] = [];
  const larger = [start, ...[0, 1, 2].map((context) => new Set([...start, context]))];
  for (const [from, to] of runsOf(sequence, 12)) {
    const shorter = sequence.filter((_, position) => position < from || position >= to);
    if (shorter.length === 0) continue;
    for (const other of [shorter, ...renamedOnce(shorter, SMALL)])
      for (const more of larger) proposals.push({ sequence: other, start: more });
  }
  const drawn = drawnUniverse(sequence);
  const set = count <= 3 ? drawn : drawn.filter(isBrief);
  for (const chosen of [...choices(count, 1), ...choices(count, 2)]) {
    const shorter = without(sequence, ...chosen);
    if (shorter.length === 0) continue;
    proposals.push(...movedOnce(shorter, SMALL));
    for (const at of upTo(shorter.length)) for (const command of set) proposals.push(replaced(shorter, at, command));
  }
  return proposals;
};

/** A fence, or an invalidation of everything. */
function isBrief(command: Command): boolean {
  if (command.kind !== "invalidate") return command.kind === "fence";
  return command.domain === ANY && command.process === ANY && command.form === 0;
}

const RETARGET: Plain = ({ sequence, start }) => {
  const starts = simplerStarts(start).slice(0, 4);
  const once = renamedOnce(sequence, SMALL);
  const twice = sequence.length > 6 ? [] : once.flatMap((one) => renamedOnce(one, SMALL));
  return [
    ...starts.flatMap((other) => once.map((one) => ({ sequence: one, start: other }))),
    ...[...starts, start].flatMap((other) => twice.map((one) => ({ sequence: one, start: other }))),
  ];
};

const TWINS: Plain = ({ sequence, start }) => {
  if (sequence.length > 4) return [];
  const classes = upTo(5);
  const places = product(upTo(SMALL.guestPages), upTo(SMALL.entries), classes, classes);
  return choices(sequence.length, 2)
    .filter((chosen) => chosen.every((position) => sequence[position]!.kind === "write"))
    .flatMap(([first, second]) =>
      places.map(([page, index, one, two]) => {
        const place = { vm: (sequence[first!] as { vm: number }).vm, page: page!, index: index! };
        const once = replaced(sequence, first!, put(sequence[first!]!, { ...place, entry: one! }));
        return replaced(once, second!, put(sequence[second!]!, { ...place, entry: two! }));
      }),
    )
    .flatMap((twin) => [...simplerStarts(start).slice(0, 4), start].map((other) => ({ sequence: twin, start: other })));
};

const REHOME: Plain = ({ sequence, start }) => {
  if (sequence.length > 8) return [];
  const homes = SMALL.homes!;
  const places = homes.flatMap((a) => [
    { sequence, start, tables: a.tables },
    { sequence: changed(sequence, "vm", () => a.vm), start, tables: a.tables },
    ...homes
      .filter((b) => b.context < a.context)
      .map((b) => {
        const swap = (x: number, y: number) => (value: number) => (value === x ? y : value === y ? x : value);
        const tags = (["context", "domain", "process", "vm"] as const).reduce<Sequence>(
          (one, name) => changed(one, name, swap(a[name], b[name])),
          sequence,
        );
        const pages = a.tables.reduce((one, page, at) => changed(one, "guest-page", swap(page, b.tables[at]!)), tags);
        return { sequence: pages, start: new Set([...start].map(swap(a.context, b.context))), tables: b.tables };
      }),
  ]);
  const isWrite = ({ kind }: Command): boolean => kind === "write";
  return places.flatMap(({ sequence: home, start: at, tables }) => {
    const ordered = [home, ...positionsOf(home, isWrite).map((write) => [home[write]!, ...without(home, write)])];
    const placed = ordered.flatMap((one) => [
      one,
      ...product(positionsOf(one, isWrite), tables, upTo(SMALL.entries)).map(([write, page, index]) =>
        replaced(one, write!, atPlace(one[write!]!, page!, index!, page === tables.at(-1))),
      ),
    ]);
    const rooted = placed.flatMap((one) => [
      one,
      ...product(
        positionsOf(one, ({ kind }) => kind === "context"),
        [0, 1],
      ).map(([context, root]) => replaced(one, context!, put(one[context!]!, { root: root! }))),
    ]);
    return rooted.map((one) => ({ sequence: one, start: at }));
  });
};

const positionsOf = (sequence: Sequence, test: (command: Command) => boolean): number[] =>
  upTo(sequence.length).filter((position) => test(sequence[position]!));

/** A leaf is a superpage above the last level. */
function atPlace(write: Command, page: number, index: number, isLast: boolean): Command {
  const { entry } = write as { entry: number };
  const isLeaf = entry === ENTRY.leaf || entry === ENTRY.super;
  return put(write, { page, index, entry: isLeaf ? (isLast ? ENTRY.leaf : ENTRY.super) : entry });
}

const SUBSTITUTE: Plain = ({ sequence, start }) => {
  if (sequence.length > 8) return [];
  const set = drawnUniverse(sequence);
  const same = upTo(sequence.length).flatMap((at) =>
    set.map((command) => ({ sequence: replaced(sequence, at, command), start })),
  );
  // Replacing a command by a less simple one makes the sequence less simple: the key refuses it.
  if (sequence.length > 1) return same;
  return [...same, ...simplerStarts(start).flatMap((other) => set.map((one) => ({ sequence: [one], start: other })))];
};

/** The commands that `universe` draws, each operand by a rule. */
function drawnUniverse(sequence: Sequence): Command[] {
  const held = (kinds: readonly CommandKind[], name: string): number[] =>
    sequence.filter(({ kind }) => kinds.includes(kind)).map((one) => numberIn(one, name));
  const permissions = [READ | WRITE, ...held(["write", "stage2"], "permission")];
  const isFamily = (family: Parameters<typeof inUse>[1], value: number, below: number): boolean =>
    value < below || inUse(sequence, family).includes(value);
  return allCommands(SMALL, (kind, name, value, before) => {
    const isPointing = [1, 2, 3].includes(before.entry ?? 0);
    switch (name) {
      case "vm":
        if (kind === "context" && before.state !== 1) return value === 0;
        return isFamily("vm", value, 1);
      case "global":
      case "level":
      case "requesterMask":
        return value === 0;
      case "requester":
        return value === ANY;
      case "permission":
        return isPointing ? permissions.includes(value) : value === 3;
      case "target":
        if (kind !== "move" && !isPointing) return value === 0;
        return (
          value === 0 || (kind === "write" ? held(["write"], name) : held(["stage2", "move"], name)).includes(value)
        );
      case "root":
        return before.state === 1 || value === 0;
      case "domain":
        if (kind === "context") return before.state === 1 ? isFamily("domain", value, 2) : value === 0;
        return value === ANY || (value !== -2 && isFamily("domain", value, 1));
      case "process":
        if (kind === "context") return before.state === 1 ? isFamily("process", value, 2) : value === 0;
        return value === ANY || isFamily("process", value, 0);
      case "value": {
        const field = CONTEXT_FIELDS[before.field!]!;
        return field === "valid" ? value < 2 : field === "root" ? value < 4 : isFamily(field, value, 2);
      }
      case "form":
        return value < 2;
      case "size":
        return value === before.form;
      case "base":
        return before.form === 0 ? value === 0 : isFamily("iova", value, 1);
      case "leaf":
        return before.form === 0 || value === 0;
      case "iova":
        return kind === "dma" || isFamily("iova", value, 1);
      default:
        return true;
    }
  });
}

/** Of each length that is a bound somewhere; the long ones name little. */
const TEXTS = [
  "w d1 g3[1]=leaf g2 r global",
  "evict c2 i3",
  "w g3[1]=leaf g3 r; w d1 g2[0]=table g1 rw",
  "ctx c1=(v1,d1,p1,g3); w g3[1]=super g3 w; inv iotlb d1 p1 c2 [i2+2]",
  "w g3[1]=table g1; ctx c2 root=g3; inv s2 [g3+1] leaf; w g1[1]=-",
  "w g3[1]=-; w g3[1]=leaf g3 rw; ctx c1 domain=d2; w g1[0]=-; fence",
  "s2 d1 g3=h3 r; move d1 g3=h2; dma w c2 i3; host inv dev c1 [i3+1]; evict c2 i3; execute 3",
  `w g1[1]=leaf g2 r; dma w c1 i3; ${"fence; ".repeat(5)}`,
  `w g1[1]=-; ctx c1=bad; dma w c1 i3; ${"fence; ".repeat(5)}`,
  `w g1[1]=-; dma w c1 i3; dma w c1 i3; ${"fence; ".repeat(6)}`,
  `dma w c1 i3; ${"fence; ".repeat(10)}evict c1 i1`,
  `dma w c1 i3; ${"fence; ".repeat(11)}evict c1 i1`,
  `dma w c1 i3; w g3[1]=-; ${"execute 1; ".repeat(17)}evict c1 i1`,
  `dma w c1 i3; w g3[1]=-; ${"execute 1; ".repeat(18)}evict c1 i1`,
];

const PASSES: readonly [string, Pass, Plain][] = [
  ["remove", remove, REMOVALS],
  ["pairs", pairs, few(2, 12)],
  ["groups", groups, GROUPS],
  ["lower-equal", lowerEqual, LOWER_EQUAL],
  ["lower", lower, LOWER],
  ["rename", rename, RENAME],
  ["reorder", reorder, REORDER],
  ["start", start, START],
  ["exchange", exchange, EXCHANGE],
  ["retarget", retarget, RETARGET],
  ["twins", twins, TWINS],
  ["rehome", rehome, REHOME],
  ["substitute", substitute, SUBSTITUTE],
];

function expectSame(judged: ReadonlySet<string>, text: string, plain: Plain): void {
  const best = proposal(text);
  const proposals = [...plain(best)].map((one) => (isSequence(one) ? { sequence: one, start: best.start } : one));
  const expected = simplerOnes(best, proposals);
  expect(
    [...judged].filter((key) => !expected.has(key)),
    `${text}: too much`,
  ).toEqual([]);
  expect(
    [...expected].filter((key) => !judged.has(key)),
    `${text}: left out`,
  ).toEqual([]);
}

describe("where nothing simpler fails, a pass tries what it says:", () => {
  it.each(PASSES)("%s", (_, pass, plain) => {
    const run = (candidate: Candidate, judge: Fails) => pass(new Trial(candidate, judge, SMALL, 1e6));
    for (const text of TEXTS) expectSame(judgedBy(run, text), text, plain);
  });

  it("and so does the check that a sequence is minimal", () => {
    const all: Plain = (best) => [
      ...few(1, 99)(best),
      ...few(2, 99)(best),
      ...loweredOnce(best.sequence),
      ...loweredFamilies(best.sequence),
    ];
    for (const text of TEXTS) {
      const run = (candidate: Candidate, judge: Fails) => void minimality(candidate, judge, SMALL);
      expectSame(judgedBy(run, text), text, all);
    }
  });
});

/** How many candidates a pass judges if the one of a number fails, and those after it. */
function triesUpTo(pass: Pass, text: string, wanted: number): number {
  const trial: Trial = new Trial(
    { ...parsed(text), start: new Set(ATTACHED) },
    () => trial.tries >= wanted,
    SMALL,
    1e6,
  );
  pass(trial);
  return trial.tries;
}

describe("a far-reaching pass,", () => {
  it.each([
    ["exchange", exchange],
    ["retarget", retarget],
    ["twins", twins],
    ["rehome", rehome],
    ["start", start],
  ] as const)("%s, ends with its first success, so that the cheap ones come first again", (_, pass) => {
    const text = "w d1 g3[1]=leaf g3 r; w d1 g2[0]=table g1 rw; ctx c2 root=g3";
    const all = triesUpTo(pass, text, Number.POSITIVE_INFINITY);
    // The first, the last, and some of each kind between.
    for (const share of [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]) {
      const wanted = 1 + Math.floor(share * (all - 1));
      expect(triesUpTo(pass, text, wanted)).toBe(wanted);
    }
  });
});
