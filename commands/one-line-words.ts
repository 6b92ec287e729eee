/**
 * The words of the one-line form: what canonical sequences are full of, a byte each.
 *
 * The list is part of the format: a byte means the word at its place for ever, so nothing is moved, changed or put in
 * between; another list is another format (`nf2:`). Words that are not here are spelt, a byte a letter.
 */

/** Twelve hexadecimal digits follow in six bytes. */
export const HEX = 0;
/** One byte of UTF-8 follows. */
export const RAW = 1;

const LETTERS = ["\n", ...Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at))];

const HEADER = [
  ...["id: nf-", "\nclaim: ", "\narchitecture: ", "\ncontract: ", "\nhash: architecture=", " contract=", "\nrule: "],
  ...["\nstrategies: ", "\nproperties: ", "\nshadow: ", "\ngeometry: ", "\nstart: ", "\ntarget: ", "\nanswers: "],
  ...["\ntitle: ", "\n\n", "\nstart: c0\n\n", "\nstart: c", " contexts=", " vms=", "none"],
  ...["envelope", "hardware envelope", "shadow", "hardware envelope shadow", "hardware"],
  ...["agreement", "agreement cache-validity", "agreement cache-validity refinement isolation", "isolation"],
  ...["ignores-stage2", "evicts", "qemu:", "fault", ", ", "architecture ", "contract "],
] as const;

const RULES = [
  ...["vtd-legacy", "vtd-scalable", "vtd-first-stage", "vtd-second-stage", "amd-nested", "amd-v1", "amd-v2", "smmuv3"],
  ...["smmuv3-nested", "riscv", "riscv-bare", "tiny", "never", "always", "-ats", "-cm", "-npcache", "-emulated"],
  ...[" cm=0", " cm=1", " np-cache=", " flag=0", "iotlb", "device-tlb", "stage1", "stage2", "walk", "context"],
  ...["leaf", "table", "p->np", "np->p", "guest", "host"],
] as const;

const COMMANDS = [
  ...["fence\n", "dma r c", "dma r c0 i", "dma w c", "dma w c0 i", "prefetch c", "evict c", "walk+ c", "walk- c", " i"],
  ...[
    "w g",
    "w d1 g",
    "[0]=leaf g",
    "[1]=leaf g",
    "[2]=leaf g",
    "]=leaf g",
    "]=super g",
    "]=table g",
    "]=-\n",
    "]=bad\n",
  ],
  ...["[0", "[1", "[2", "[3", " rw\n", " r\n", " w\n", " rw global\n", " global\n", "w g4[2]=leaf g0 rw\n", "w g4["],
  ...[
    "inv iotlb ",
    "inv iotlb d",
    "inv iotlb d0 ",
    "inv iotlb d0 p0 ",
    "inv ctx",
    "inv ctx c0\n",
    "inv pasid ",
    "inv dev ",
  ],
  ...["inv dev c0 ", "inv s2 d0 ", "inv s2 ", "host ", "guest ", "all\n", " leaf\n", "base=i", " mask=", " level="],
  ...[
    "s2 d0 g",
    "s2 d",
    "=h",
    "=super h",
    "=table h",
    "=-\n",
    "=bad\n",
    "move d0 g",
    "ctx c0=(d0,p0,g",
    "ctx c",
    "=(d",
  ],
  ...["=(v", ",p", ",g", ",d", ")\n", "valid=", "domain=d", "process=p", "root=g", "vm=v", "execute "],
  ...["d0 ", "p0 ", "c0 ", "c1 ", "i0\n", "i1\n", "g0 ", "g8", "0\n", "1\n", "2\n", "3\n", "4\n", "10", "11", "12"],
] as const;

/** By code, from `RAW + 1` on. */
export const WORDS: readonly string[] = [...LETTERS, ...HEADER, ...RULES, ...COMMANDS];
