import { randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Place, RIGHT, UNIT, unprivileged, WEAK } from "./run.js";

const place = new Place();
let id = "";
beforeAll(() => {
  place.file("weak.yaml", WEAK);
  place.file("right.yaml", RIGHT);
  place.file("unit.yaml", UNIT);
  place.run(["fuzz", "T1", "--commands", "200"]);
  id = place.names("corpus")[0]!.replace(".json", "");
});
afterAll(() => place.remove());

const GOOD = "dma r c0 i0; w g4[0]=leaf g9 rw; inv iotlb d0 p0 i0; fence; inv dev c0 i0; fence; dma r c0 i0\n";
const BAD = "w g4[0]=-; dma r c0 i0\n";

/** Replays a text, from a file and in this process: the common case of the tables below. */
async function refusedFor(text: string | Buffer, ...flags: string[]): Promise<string> {
  place.file("in.txt", text);
  return expectRefused(await place.call(["replay", "in.txt", ...flags]));
}

function expectRefused({ code, stdout, stderr }: ReturnType<Place["run"]>): string {
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).not.toMatch(/^ {4}at |undefined|internal error/m);
  return stderr;
}

describe("a sequence", () => {
  it("from standard input ends with code 0 if nothing is violated, and prints the same from a file", () => {
    const piped = place.run(["replay", "-"], GOOD);
    expect(piped).toMatchObject({ code: 0, stderr: "" });
    expect(piped.stdout).toMatch(/^rules +architecture tiny, contract tiny\n/);
    expect(piped.stdout).toMatch(/\nno violation in 7 steps of 7\n$/);
    place.file("sequence.txt", GOOD);
    expect(place.run(["replay", "sequence.txt"])).toEqual(piped);
    for (const line of piped.stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  it("ends with code 1 at a violation", () => {
    const { code, stdout } = place.run(["replay", "-", "--contract", "never"], BAD);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nviolation: agreement after step 1: /);
  });

  it("may be in a mail, quoted twice, with CRLF", () => {
    const mail = place.run(["show", id]).stdout;
    const plain = place.run(["replay", "-"], mail);
    expect(plain.code).toBe(1);
    const quoted = mail.replace(/^/gm, "> > ").replaceAll("\n", "\r\n");
    place.file("mail.txt", `On Monday you wrote:\r\n${quoted}\r\nI doubt it.\r\n`);
    expect(place.run(["replay", "mail.txt"])).toEqual(plain);
  });

  it("may be in a file with a byte order mark or of a name with spaces", () => {
    place.file("my sequence.txt", GOOD);
    expect(place.run(["replay", "my sequence.txt"]).code).toBe(0);
  });

  it("runs under rules of one's own, from flags or from its header", () => {
    expect(place.run(["replay", "-", "--contract", "weak.yaml"], BAD).code).toBe(1);
    expect(place.run(["replay", "-", "--contract", "right.yaml"], BAD).code).toBe(0);
    const unit = place.run(["replay", "-", "--architecture", "unit.yaml", "--contract", "right.yaml"], GOOD);
    expect(unit.stdout).toMatch(/^rules +architecture unit, contract right\n/);
    const headed = place.run(["replay", "-"], `architecture: ./unit.yaml\ncontract: right.yaml\n${GOOD}`);
    expect(headed).toEqual(unit);
  });

  it("has flags beat its header", () => {
    const headed = `contract: never\nstrategies: envelope\nproperties: agreement\ngeometry: 3x4\nstart: c0\n${BAD}`;
    const flags = ["--contract", "tiny", "--strategies", "shadow", "--properties", "isolation"];
    const { code, stdout } = place.run(["replay", "-", ...flags, "--geometry", "2x4", "--start", "c0 c1"], headed);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^rules +architecture tiny, contract tiny\nchecked +shadow: isolation\nstart +geometry 2x4, contexts c0 c1\n/,
    );
  });

  it("takes the rules of a claim's cell from its header", () => {
    const { stdout } = place.run(["replay", "-"], `claim: T5.riscv\n${BAD}`);
    expect(stdout).toMatch(/^rules +architecture riscv, contract riscv flag=0\n/);
  });
});

describe("what is no sequence", () => {
  it("is refused with all its mistakes at once, each with line and column", () => {
    const text = "dma r c0\nw g4[0]=x\n\n inv iotbl d0\n";
    expect(expectRefused(place.run(["replay", "-"], text)).split("\n")).toEqual([
      expect.stringMatching(/^\(standard input\):1:9: NF202 .*known: iN/),
      expect.stringMatching(/^\(standard input\):2:9: NF203 "x" .*known: -, bad, leaf gX/),
      expect.stringMatching(/^\(standard input\):4:6: NF206 .*did you mean iotlb\?$/),
      "",
    ]);
  });

  it.each(["", "\n\n", "# nothing\n", "contract: tiny\n", "--8<-- nestfuzz\n-->8--\n"])(
    "is refused if it has no command: %j",
    async (text) => {
      expect(await refusedFor(text)).toMatch(/^in\.txt:1:1: there is no command/);
    },
  );

  it("is refused at its block if that has no command", async () => {
    expect(await refusedFor("hello:\n--8<-- nestfuzz\n-->8--\n")).toMatch(/^in\.txt:2:1: there is no command/);
  });

  it("may be binary", async () => {
    expect(await refusedFor(randomBytes(5000))).toMatch(/^in\.txt:1:[0-9]+: NF2[0-9]{2} /);
    expect(await refusedFor(Buffer.alloc(100_000))).toMatch(/^in\.txt:1:1: NF201 /);
  });

  it("may be large: 5 MB of mistakes, or of commands that nobody can read the replay of", () => {
    const mistakes = expectRefused(place.run(["replay", "-"], "nonsense here\n".repeat(360_000)));
    expect(mistakes.split("\n").length).toBeLessThan(25);
    const commands = expectRefused(place.run(["replay", "-"], "dma r c0 i0\n".repeat(420_000)));
    expect(commands).toMatch(/^\(standard input\):1:1: 420000 commands; .*up to 10000; /);
  }, 30_000);

  it("is small enough at the bound", () => {
    const { code, stdout } = place.run(["replay", "-"], "dma r c0 i0\n".repeat(10_000));
    expect(code).toBe(0);
    expect(stdout).toMatch(/no violation in 10000 steps of 10000\n$/);
  }, 30_000);

  it.each([
    ["architecture: riskv", "1:15: NF130 ", "did you mean riscv?"],
    ["contract: riscv flag=9", "1:11: NF154 ", "known: 0, 1"],
    ["contract: nope.yaml", "1:11: NF101 ", "check the path"],
    ["strategies: hardware, shadw", "1:13: unknown strategy ", "did you mean shadow?"],
    ["properties: agrement", "1:13: NF213 ", "did you mean agreement?"],
    ["geometry: 2x9999", "1:11: geometry ", '"2x4"'],
    ["start: c7", "1:8: start names c7", "c0 to c2"],
    ["shadow: evicts", "1:9: options of the shadow", "add shadow to the strategies"],
    ["claim: T99", '1:8: unknown claim "T99"', "known: T1"],
    ["claim: T5", "1:8: claim T5 has several cells", "T5.riscv"],
    ["colour: red", "1:1: NF210 ", "known: "],
  ])("is refused for its header, %s, at its place", async (line, seen, known) => {
    const text = await refusedFor(`${line}\n${GOOD}`);
    expect(text.startsWith(`in.txt:${seen}`), text).toBe(true);
    expect(text).toContain(known);
    const quoted = await refusedFor(`Hello,\n> --8<-- nestfuzz\n> ${line}\n> F\n> -->8--\n`);
    const [, column, rest] = /^1:([0-9]+)(.*)$/.exec(seen)!;
    expect(quoted).toContain(`in.txt:3:${Number(column) + 2}${rest}`);
  });

  it("is refused for a header line after a command", async () => {
    const text = await refusedFor(`${GOOD}architecture: riscv\n`);
    expect(text).toMatch(/^in\.txt:2:1: NF212 .*before the first command/);
  });

  it("is refused for a mistake in a flag", async () => {
    const start = await refusedFor(GOOD, "--start", "c9");
    expect(start).toMatch(/^--start: start names c9, but/);
    const contract = await refusedFor(GOOD, "--contract", "tinny");
    expect(contract).toMatch(/^--contract: NF130 .*did you mean tiny\?/);
  });
});

describe("what is not there", () => {
  it("is said for a file, a folder, a name that is neither file nor id", async () => {
    expect(expectRefused(await place.call(["replay", "nofile.txt"]))).toMatch(
      /^nofile\.txt:1:1: no such file, and no id; /,
    );
    expect(expectRefused(await place.call(["replay", "."]))).toMatch(
      /^\.:1:1: cannot be read \(EISDIR\); a text file is due/,
    );
    expect(expectRefused(await place.call(["replay", ""]))).toMatch(/no such file, and no id/);
    expect(expectRefused(await place.call(["replay", "nofile.json"]))).toMatch(/^nofile\.json:1:1: NF302 /);
  });

  it("is said for an id, with those that are known, whichever corpus has them", async () => {
    for (const ref of ["nf-000000000000", "0000", "nf-xyz"]) {
      const text = expectRefused(await place.call(["replay", ref]));
      expect(text).toContain(`corpus:1:1: NF312 no counterexample is called "${ref}"; known: `);
    }
    const near = `${id.slice(0, -1)}${id.endsWith("0") ? "1" : "0"}`;
    expect(expectRefused(await place.call(["replay", near]))).toContain(`did you mean ${id}?`);
  });

  it("is said for a corpus that was named", async () => {
    expect(expectRefused(await place.call(["replay", id, "--corpus", "typo"]))).toMatch(/^typo:1:1: NF301 .*ENOENT/);
  });

  it("is said for a file without permission", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    chmodSync(place.folder, 0o755);
    place.file("secret.txt", GOOD);
    chmodSync(path.join(place.folder, "secret.txt"), 0);
    expect(expectRefused(place.run(["replay", "secret.txt"], "", user))).toMatch(/^secret\.txt:1:1: .*EACCES/);
    return undefined;
  });
});

describe("a counterexample", () => {
  it("is replayed by id, by the beginning of one, by path, and is the same", async () => {
    const whole = place.run(["replay", id]);
    expect(whole.code).toBe(1);
    expect(whole.stdout).toMatch(new RegExp(`\n${id} same\n$`));
    for (const ref of [id.slice(3), id.slice(0, 8), `corpus/${id}.json`, `./corpus/${id}.json`])
      expect(await place.call(["replay", ref])).toEqual(whole);
  });

  it("runs under other rules where flags name them", async () => {
    const { stdout } = await place.call([
      "replay",
      id,
      "--architecture",
      "vtd-legacy-cm",
      "--contract",
      "vtd-legacy cm=1",
    ]);
    expect(stdout).toMatch(/^rules +architecture vtd-legacy-cm, contract vtd-legacy cm=1\n/);
    expect(stdout).toMatch(/\nno violation in [0-9]+ steps? of [0-9]+\n$|\nno violation in .*\n$/);
  });
});
