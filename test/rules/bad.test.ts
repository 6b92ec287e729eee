/**
 * Broken rule files, one mistake each (a few hold several, to show that all are reported at once).
 *
 * The expected problems stand in the file, at the end of the line that causes them: `# expect NFnnn part of message`.
 * Where no comment can stand, or a problem belongs to another file, a sidecar `NAME.expect` has `[FILE:]LINE NFnnn part
 * of message` a line, FILE below this folder or the package. The set of places and codes must be exact.
 */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkFile } from "../../rules/load.js";
import { CODES, formatProblem, type Problem } from "../../rules/problems.js";
import { expectGolden } from "../golden/golden.js";

const FOLDER = "test/rules/bad";
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .map((file) => file.slice(0, -".yaml".length))
  .sort();

/** Each file is loaded once for all tests. */
const results = new Map<string, Problem[]>();

function problemsIn(name: string): Problem[] {
  const problems = results.get(name) ?? checkFile(`${FOLDER}/${name}.yaml`).problems;
  results.set(name, problems);
  return problems;
}

interface Expected {
  file: string;
  line: number;
  code: string;
  text: string;
}

function expectedOf(name: string): Expected[] {
  const file = `${FOLDER}/${name}.yaml`;
  const inFile = readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line, at) =>
      [...line.matchAll(/# expect (NF\d{3}) (.*?)(?= # expect NF|\r?$)/g)].map(([, code, text]) => ({
        file,
        line: at + 1,
        code: code!,
        text: text!,
      })),
    );
  const sidecar = `${FOLDER}/${name}.expect`;
  const beside = existsSync(sidecar) ? readFileSync(sidecar, "utf8").trim().split("\n") : [];
  return [...inFile, ...beside.map((line) => besideOf(line, file))];
}

function besideOf(line: string, file: string): Expected {
  const [, other, at, code, text] = /^(?:(\S+):)?(\d+) (NF\d{3}) (.*)$/.exec(line)!;
  const named = other?.startsWith("rules/") === true ? other : `${FOLDER}/${other}`;
  return { file: other === undefined ? file : named, line: Number(at), code: code!, text: text! };
}

/** Without the folder of the package, where the file is a built-in one. */
const shownFile = ({ file }: { file: string }) => file.replace(/^.*(?=rules\/(?:contracts|architectures)\/)/, "");

const place = (problem: { file: string; line: number; code: string }) =>
  `${shownFile(problem)}:${problem.line} ${problem.code}`;

function found(expected: Expected, problems: readonly Problem[]): boolean {
  return problems.some((problem) => place(problem) === place(expected) && problem.message.includes(expected.text));
}

/** A code that is listed and three parts, none of which lacks a word: a blank at an end, two in a row, nothing listed. */
function expectReadable(problem: Problem): void {
  expect(problem.code in CODES).toBe(true);
  const parts = problem.message.split("; ");
  expect(parts.length, formatProblem(problem)).toBeGreaterThanOrEqual(3);
  for (const part of parts) {
    expect(part, formatProblem(problem)).toMatch(/^(?! )(?!.*(?: {2}|, ,|undefined)).*\w{2}.*(?<! )$/);
  }
}

const GOLDEN = "rules-mistakes";

describe("broken files", () => {
  it("are reported word by word as in the golden", () => {
    const text = names.flatMap((name) =>
      problemsIn(name).map((problem) => formatProblem({ ...problem, file: shownFile(problem) })),
    );
    expectGolden(GOLDEN, `${text.join("\n")}\n`);
  });

  it("are at least 45", () => {
    expect(names.length).toBeGreaterThanOrEqual(45);
  });

  it.each(names)("%s is reported where it is wrong", (name) => {
    const problems = problemsIn(name);
    const expected = expectedOf(name);
    const places = new Set(problems.map(place));
    expect(expected.length, "the file states what is expected").toBeGreaterThan(0);
    expect([...places].sort(), problems.map(formatProblem).join("\n")).toEqual(
      [...new Set(expected.map(place))].sort(),
    );
    for (const problem of problems) expectReadable(problem);
    for (const one of expected) {
      expect(found(one, problems), `${one.text}\n${problems.map(formatProblem).join("\n")}`).toBe(true);
    }
  });

  it("cause every code that a file by itself can cause", () => {
    // The others need files that no editor can hold: see yaml.test.ts.
    const elsewhere = ["NF100", "NF101", "NF102", "NF103", "NF104", "NF105", "NF106", "NF107", "NF124", "NF128"];
    const caused = new Set(names.flatMap((name) => expectedOf(name).map((expected) => expected.code)));
    const missing = Object.keys(CODES).filter((code) => !caused.has(code) && !elsewhere.includes(code));
    expect(missing).toEqual([]);
  });
});
