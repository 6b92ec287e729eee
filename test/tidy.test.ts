/**
 * Tidiness of the sources, as far as a machine can tell: banned calls, headers, long lines, mirror tests, dependencies.
 *
 * Each message has a place and the replacement: `path:line: error: X is banned, use Y`.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../rules/home.js";
import { ROOMS } from "./rooms.js";

const root = packageRoot();

interface Source {
  /** Relative to the root, with `/`. */
  name: string;
  lines: readonly string[];
}

/** All TypeScript files below a folder, sorted. */
function sourcesIn(folder: string): Source[] {
  if (!existsSync(path.join(root, folder))) return [];
  const names = readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).sort();
  return names
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name.replaceAll(path.sep, "/")}`)
    .map((name) => ({ name, lines: readFileSync(path.join(root, name), "utf8").split("\n") }));
}

const sources = ROOMS.flatMap(sourcesIn);
const benches = sourcesIn("bench");
const tests = sourcesIn("test");

interface Ban {
  /** Named in the message; the text that was found if left out. */
  what?: string;
  pattern: RegExp;
  use: string;
  inComments?: true;
  /** Where it is no mistake. */
  except?: (source: Source, at: number) => boolean;
}

/** In this statement or the next; a chain is broken over some lines. */
const isSorted = ({ lines }: Source, at: number): boolean =>
  lines
    .slice(at, at + 6)
    .join("\n")
    .split(";")
    .slice(0, 2)
    .some((statement) => statement.includes(".sort()"));

/** Benchmarks measure time and print for people. */
const isBench: NonNullable<Ban["except"]> = ({ name }) => name.startsWith("bench/");

const BANNED: readonly Ban[] = [
  { pattern: /\bMath\.random\b/, use: "a seeded generator that is passed in" },
  {
    pattern: /\bDate\.now\b|\bnew Date\b|\bperformance\.now\b/,
    use: "a budget in commands: no result depends on time",
    except: (source, at) => isBench(source, at) || source.name === "verdicts/clock.ts",
  },
  {
    pattern: /\.toLocale\w+\(|\blocaleCompare\b|\bIntl\./,
    use: "< and >, which compare by code unit",
    except: isBench,
  },
  {
    what: "readdirSync without .sort() on the same statement",
    pattern: /\breaddirSync\((?!\))/,
    use: ".sort(), since the order differs between file systems",
    except: isSorted,
  },
  {
    pattern: /\bconsole\.\w+\(/,
    use: "print in cli/exit.ts, or return a text",
    except: isBench,
  },
  { what: "any", pattern: /\bas any\b|: any(?=[\s,;)=[>]*($|[,;)=[>]))|<any>/, use: "the type, or unknown" },
  { inComments: true, pattern: /\bTODO\b|\bFIXME\b/, use: "an issue, or the change itself" },
];

const BANNED_IN_TESTS: readonly Ban[] = [
  {
    pattern: /\b(?:it|test|describe)\.(?:skip|only|todo)\b/,
    use: "a test that runs, or skip() inside it with the reason",
  },
  { pattern: /\bMath\.random\b/, use: "a seeded generator" },
  { inComments: true, pattern: /\bTODO\b|\bFIXME\b/, use: "an issue, or the change itself" },
];

/** Complaints about lines of code; comments are no calls. */
function complaintsOn(files: readonly Source[], bans: readonly Ban[]): string[] {
  return files.flatMap((source) =>
    source.lines.flatMap((line, at) =>
      bans.flatMap(({ what, pattern, use, inComments, except }) => {
        const [found] = pattern.exec(inComments === true ? line : withoutComment(line)) ?? [];
        if (found === undefined || except?.(source, at) === true) return [];
        const name = what ?? found.replace(/^\.|\($/g, "");
        return [`${source.name}:${at + 1}: error: ${name} is banned, use ${use}`];
      }),
    ),
  );
}

function withoutComment(line: string): string {
  return /^\s*(\/?\*|\/\/)/.test(line) ? "" : line.replace(/\s\/\/ .*$/, "");
}

describe("the sources", () => {
  it("call nothing that is banned", () => {
    expect(complaintsOn([...sources, ...benches], BANNED)).toEqual([]);
  });

  it("open with a header of 1 to 14 lines of text that orients", () => {
    const bad = [...sources, ...benches].filter(({ lines }) => {
      const end = lines.findIndex((line) => line.endsWith("*/"));
      const text = lines.slice(0, end + 1).filter((line) => /[^\s*/]/.test(line));
      return !lines[0]!.startsWith("/**") || text.length < 1 || text.length > 14;
    });
    const use = "1 to 14 lines of text between /** and */: what it is, what it follows, what surprises";
    expect(bad.map(({ name }) => `${name}:1: error: a file without its header is banned, use ${use}`)).toEqual([]);
  });

  it("have lines of at most 120 columns", () => {
    const long = [...sources, ...benches, ...tests].flatMap(({ name, lines }) =>
      lines.flatMap((line, at) =>
        line.length > 120 && !isLongText(name, line)
          ? [`${name}:${at + 1}: error: a line of ${line.length} columns is banned, use at most 120`]
          : [],
      ),
    );
    expect(long).toEqual([]);
  });
});

/** Tests quote messages and sequences whole; the formatter leaves such a line alone, and so does this. */
function isLongText(name: string, line: string): boolean {
  return name.startsWith("test/") && /["'`/]/.test(line);
}

describe("the tests", () => {
  it("run all, and are the same each time", () => {
    // This file quotes what it bans.
    const others = tests.filter(({ name }) => name !== "test/tidy.test.ts");
    expect(complaintsOn(others, BANNED_IN_TESTS)).toEqual([]);
  });

  /** Sources without a mirror, each with the place where it is tested. */
  const ELSEWHERE: Readonly<Record<string, string>> = {
    "rules/rows.ts": "types of rows; their readers are tested through test/rules/bad.test.ts",
    "rules/schema.ts": "test/rules/bad.test.ts: each mistake on its line",
    "rules/schema-architecture.ts": "test/rules/bad.test.ts and builtin.test.ts",
    "rules/schema-claims.ts": "test/rules/bad.test.ts and builtin.test.ts",
    "rules/schema-contract.ts": "test/rules/bad.test.ts and builtin.test.ts",
    "models/sets.ts": "test/models/envelope.test.ts and exactness.test.ts, due.test.ts for what is fresh",
    "cli/infer-report.ts": "test/cli/infer.test.ts: what it prints, as text and JSON",
    "infer/compare.ts": "test/infer/contract-file.test.ts, which has what it compares",
    "infer/evidence.ts": "test/infer/contract-file.test.ts: what is shown of a contract, and the file that says it",
    "infer/groups.ts": "test/infer/contract-file.test.ts: the rows of the file",
    "infer/strength.ts": "test/infer/contract-file.test.ts: the sentence of a row",
    "cli/check-report.ts": "test/cli/check.test.ts: what it prints, as text and JSON",
    "commands/language-sequence.ts": "test/commands/language.test.ts, which goes through its door",
    "targets/target.ts": "types, and what test/targets/protocol.test.ts and qemu.test.ts see of them",
    "targets/driver.ts": "types alone; test/targets/qemu.test.ts drives each unit through them",
    "targets/child-worker.ts": "runs as a thread of test/targets/child.test.ts",
    "targets/qtest.ts": "test/targets/qemu.test.ts, and the units' tests by the text of their batches",
    "targets/lsi.ts": "test/targets/qemu.test.ts: each read and write of a device",
    "targets/pci.ts": "test/targets/qemu.test.ts: no device acts before its BAR is set",
    "targets/one-stage.ts": "test/targets/amd.test.ts and vtd-legacy.test.ts: what they refuse",
    "targets/amd-commands.ts": "test/targets/amd.test.ts",
    "targets/smmuv3-commands.ts": "test/targets/smmuv3-nested.test.ts",
    "targets/recorded.ts": "test/cli/fuzz-target.test.ts: answers that were kept are judged again",
    "targets/units.ts": "test/targets/qemu.test.ts, and test/cli/fuzz-target.test.ts for what is not installed",
    "cli/replay-run.ts": "test/cli/replay-mail.test.ts: what is the same and what is not; test/cli/replay.test.ts",
    "cli/replay-target.ts": "test/cli/fuzz-target.test.ts: replays with and without the program",
    "cli/target-open.ts": "test/cli/fuzz-target.test.ts: what --target may name, and each mistake in it",
    "verdicts/target-campaign.ts": "test/cli/fuzz-target.test.ts",
    "cli/targets.ts": "test/cli/fuzz-target.test.ts",
    "corpus/entry.ts": "types and a name; test/corpus/identity.test.ts and read.test.ts",
    "cli/show-drawn.ts": "test/cli/show.test.ts: pages and drawings",
    "rules/yaml-library.ts": "test/rules/yaml.test.ts, and every test that reads a rule file",
    "report/index-build.ts": "test/report/rules-index.test.ts: the index that it makes",
    "cli/page-file.ts": "test/cli/show.test.ts: pages of the corpus; test/page: what they do in Chromium",
    "cli/setting-options.ts": "test/cli/replay.test.ts and explore-text.test.ts",
    "report/scene.ts": "types alone; test/report/story.test.ts and those of its parts",
    "report/page-head.ts": "test/report/page.test.ts and night-page.test.ts: titles, policies",
    "report/page-style.ts": "test/page/stepper.test.ts: both themes, paper, 360 pixels; test/report/page.test.ts",
    "page/dom.ts": "test/page/stepper.test.ts, in Chromium",
    "page/keys.ts": "test/page/stepper.test.ts: each key, and the themes, in Chromium",
    "page/main.ts": "test/page/stepper.test.ts and editor.test.ts, which run it in Chromium",
    "page/why.ts": "test/page/editor.test.ts and stepper.test.ts, in Chromium",
    "properties/property.ts": "types alone; test/properties/all.test.ts",
    "properties/violation.ts": "types alone; the tests of each property",
    "prove/names.ts": "test/prove/symmetry.test.ts, and prover.test.ts: what it names fails in a run from the start",
    "prove/proof.ts": "test/prove/prover.test.ts: the same answers as by trying every sequence",
    "prove/step.ts": "test/prove/crew.test.ts: the same steps in a thread as without",
    "prove/request-search.ts": "test/prove/crew.test.ts: in threads, and from checkpoints with portions ahead",
    "prove/worker.ts": "runs as a thread of test/prove/crew.test.ts and thread.test.ts",
    "prove/renaming.ts": "test/prove/symmetry.test.ts: a renamed command makes the renamed state",
    "prove/representatives.ts": "test/prove/prover.test.ts: the same answers with each reduction alone, and with none",
    "prove/slice.ts": "test/prove/prover.test.ts: the same answers with each reduction alone, and with none",
    "prove/slice-moves.ts": "test/prove/prover.test.ts: the same answers with each reduction alone, and with none",
    "cli/prove-checkpoint.ts": "test/cli/prove.test.ts",
    "cli/prove-cross-check.ts": "test/cli/prove.test.ts",
    "prove/spin.ts": "test/prove/promela.test.ts, where SPIN is installed",
    "cli/nightly-open.ts": "test/cli/nightly.test.ts: what is gone on with, and what is refused",
    "cli/nightly-merge.ts": "test/cli/nightly.test.ts: shards, merged, are the night of one machine",
    "cli/night-page.ts": "test/cli/report.test.ts: the page of a run, and what a night has left",
    "report/night-charts.ts": "test/report/night-page.test.ts: every part; test/page/night-page.test.ts",
    "report/night-examples.ts": "test/report/night-page.test.ts: by state, mails and lines",
    "report/night-shown.ts": "test/nightly/shown.test.ts, which fills it from corpora",
    "report/night-style.ts": "test/page/night-page.test.ts: both themes, paper, 360 pixels",
    "report/night-verdicts.ts": "test/report/night-page.test.ts: verdicts, history, links",
    "nightly/worker.ts": "runs as a process of test/nightly/pool.test.ts",
    "cli/prove-entry.ts": "test/cli/prove.test.ts",
    "cli/prove-report.ts": "test/cli/prove.test.ts",
  };

  it("mirror the sources: each has test/ROOM/NAME.test.ts, or stands in the list with its reason", () => {
    const missing = sources
      .filter(({ name }) => !existsSync(path.join(root, "test", name.replace(/\.ts$/, ".test.ts"))))
      .filter(({ name }) => ELSEWHERE[name] === undefined);
    const use = ({ name }: Source): string => `test/${name.replace(/\.ts$/, ".test.ts")}`;
    expect(
      missing.map((source) => `${source.name}:1: error: a source without a mirror is banned, use ${use(source)}`),
    ).toEqual([]);
  });

  it("are where the list says, and the list names only what is there", () => {
    const gone = Object.keys(ELSEWHERE).filter((name) => !sources.some((source) => source.name === name));
    const mirrored = Object.keys(ELSEWHERE).filter((name) =>
      existsSync(path.join(root, "test", name.replace(/\.ts$/, ".test.ts"))),
    );
    expect({ gone, mirrored }).toEqual({ gone: [], mirrored: [] });
  });
});

/** The files in git, and those that are about to be; null outside a checkout. */
function filesInGit(): string[] | null {
  try {
    const args = ["ls-files", "--cached", "--others", "--exclude-standard"];
    const listed = execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return listed
      .split("\n")
      .filter((name) => name !== "" && existsSync(path.join(root, name)))
      .sort();
  } catch {
    return null;
  }
}

describe("the repository", () => {
  it("names no absolute path of a machine", ({ skip }) => {
    const files = filesInGit();
    if (files === null) return skip("no checkout");
    const pattern = /(?<![\w.~-])\/(?:work|home|root|tmp)\//;
    const found = files
      .filter((name) => !name.startsWith("test/") && /\.(ts|js|cjs|json|ya?ml|md|txt|sh)$|^[^.]+$/.test(name))
      .flatMap((name) =>
        readFileSync(path.join(root, name), "utf8")
          .split("\n")
          .flatMap((line, at) =>
            pattern.test(line) ? [`${name}:${at + 1}: error: an absolute path is banned, use a relative one`] : [],
          ),
      );
    expect(found).toEqual([]);
    return undefined;
  });

  it("locks packages by version and hash, not by where one machine fetched them", () => {
    const lines = readFileSync(path.join(root, "package-lock.json"), "utf8").split("\n");
    const found = lines.flatMap((line, at) =>
      line.includes('"resolved":')
        ? [
            `package-lock.json:${at + 1}: error: a resolved URL is banned, use npm install with omit-lockfile-registry-resolved`,
          ]
        : [],
    );
    expect(found).toEqual([]);
  });

  it("has a changelog that is open at its head", () => {
    const heads = readFileSync(path.join(root, "CHANGELOG.md"), "utf8").match(/^## .*$/gm) ?? [];
    expect(heads[0]).toBe("## [Unreleased]");
  });
});

describe("the dependencies", () => {
  const manifest: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  );
  const decision = readFileSync(path.join(root, "docs/decisions/001-dependencies.md"), "utf8");
  const all = { ...manifest.dependencies, ...manifest.devDependencies };

  it("are pinned exactly", () => {
    for (const [name, wanted] of Object.entries(all)) expect(`${name} ${wanted}`).toMatch(/ [0-9]+\.[0-9]+\.[0-9]+$/);
  });

  it("are imported by a source that is shipped, and only those are", () => {
    const text = sources.flatMap(({ lines }) => lines).join("\n");
    const imported = new Set([...text.matchAll(/ from "([^."][^"]*)"/g)].map((match) => packageOf(match[1]!)));
    const known = [...imported].filter((name) => !name.startsWith("node:")).sort();
    expect(known).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it("have their reason in docs/decisions/001-dependencies.md", () => {
    // Types of a library go with it.
    const names = Object.keys(all).filter((name) => !name.startsWith("@types/"));
    for (const name of names) {
      const word = name.replace(/^@[^/]+\/|js$/g, "");
      expect(decision, `${name} has no reason in docs/decisions/001-dependencies.md`).toContain(word);
    }
  });
});

function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
