import { afterAll, describe, expect, it, vi } from "vitest";
import { main } from "../../cli/main.js";
import { captured, Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

const SUBCOMMANDS = [
  ["fuzz"],
  ["replay"],
  ["show"],
  ["nightly"],
  ["report"],
  ["corpus"],
  ["corpus", "list"],
  ["corpus", "verify"],
  ["claims"],
  ["rules"],
  ["rules", "check"],
  ["rules", "list"],
];

describe("help", () => {
  it.each(SUBCOMMANDS.map((words) => [words.join(" "), words] as const))(
    "of %s has an example",
    async (name, words) => {
      const { code, stdout, stderr } = await place.call([...words, "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(new RegExp(`^Usage: nestfuzz ${name}`));
      expect(stdout).toMatch(new RegExp(`\\nExamples?:\\n(.*\\n)*.*nestfuzz ${name}`));
    },
  );

  it("of the whole names every subcommand", () => {
    const { code, stdout } = place.run(["--help"]);
    expect(code).toBe(0);
    for (const [name] of SUBCOMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
    expect(stdout).toContain("Examples:\n");
  });

  it("is printed, with code 2, where no subcommand is named", async () => {
    for (const words of [[], ["corpus"], ["rules"]]) {
      const { code, stdout, stderr } = await place.call(words);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(/^Usage: nestfuzz/);
    }
  });
});

describe("bad usage", () => {
  it.each([
    [["fuz"], "unknown command 'fuz'", "Did you mean fuzz?"],
    [["corpus", "lst"], "unknown command 'lst'", "Did you mean list?"],
    [["rules", "chek"], "unknown command 'chek'", "Did you mean check?"],
    [["fuzz", "--comands", "3"], "unknown option '--comands'", "Did you mean --commands?"],
    [["replay", "-", "--contact", "x"], "unknown option '--contact'", "Did you mean --contract?"],
    [["show"], "missing required argument 'id'", "nestfuzz --help"],
    [["replay"], "missing required argument", "nestfuzz --help"],
    [["fuzz", "--seed"], "argument missing", "nestfuzz --help"],
  ])("%j ends with code 2 and says what is known", async (words, seen, known) => {
    const { code, stdout, stderr } = await place.call(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(seen);
    expect(stderr).toContain(known);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe("the pipe", () => {
  it.each([
    "nestfuzz claims --json",
    "nestfuzz fuzz T1 --commands 100",
    "nestfuzz replay - <<< 'dma r c0 i0; w g4[0]=-; F'",
  ])("may be closed early: %s", (line) => {
    const { code, stdout, stderr } = place.shell(`${line} 2>errors | head -1; cat errors >&2`);
    expect(code).toBe(0);
    expect(stdout.split("\n")).toHaveLength(2);
    expect(stderr).not.toMatch(/EPIPE|internal error|^ {4}at /m);
  });

  it("of complaints may be closed early, and the exit code stays", () => {
    place.file("bad.txt", "xxxxxxxxxxxx\n".repeat(50));
    const { stdout } = place.shell("(nestfuzz replay bad.txt 2>&1; echo $? >code) | head -1; sleep 0.1; cat code");
    expect(stdout).toMatch(/^bad\.txt:1:1: NF201 .*\n2\n$/);
  });
});

describe("a defect of the program", () => {
  it("ends with code 3, asks for a report, and shows where it is", async () => {
    const out = vi.spyOn(process.stdout, "write").mockImplementation(() => {
      throw new Error("planted");
    });
    const err = captured("stderr");
    const code = await main(["node", "nestfuzz", "claims"]);
    out.mockRestore();
    err.release();
    expect(code).toBe(3);
    expect(err.text()).toMatch(/^nestfuzz: internal error, please report it.*\nError: planted\n {4}at /);
  });
});
