/**
 * `npm run mutants`: changes the sources of a room, one small change at a time, and tells which of them no test of the
 * room notices (docs/mutants.md). By default all four rooms; the last line is the total.
 *
 * All results are in runs/mutants/, a file a room; the mutants that survived are printed with --survivors.
 */

import path from "node:path";
import { fileURLToPath } from "node:url";
import type { MutantResult, PartialStrykerOptions } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { Command, InvalidArgumentError } from "commander";
import fsExtra from "fs-extra";
import { AGAIN_VARIABLE, isSurvivor, keyOf, type Reported, reportedAs, SHARE_VARIABLE } from "./sample.js";
import { type Score, scoreOf, tableText } from "./score.js";

const ROOMS = ["properties", "models", "rules", "shrinkers"];
const FOLDER = "runs/mutants";

interface Options {
  sample: number;
  survivors: boolean;
  again: boolean;
}

interface Target {
  room: string;
  mutate: string;
  /** `properties`, `models/ledger`. */
  name: string;
}

await main();

async function main(): Promise<void> {
  const command = new Command("mutants")
    .description("Tells how many small changes of the sources the tests notice.")
    .argument("[places...]", "rooms or files: properties, models/ledger.ts", ROOMS)
    .option("--sample <share>", "try a share only, always the same mutants: 10%", shareOf, 1)
    .option("--again", "try only those that survived the last time, and count them anew", false)
    .option("--survivors", "list the mutants that no test noticed", false)
    .parse();
  const options = command.opts<Options>();
  const scores: Score[] = [];
  for (const target of command.processedArgs[0].map(targetOf)) {
    const report = options.again ? await triedAgain(target) : await tried(target, options.sample);
    fsExtra.outputJsonSync(fileOf(target), report, { spaces: 1 });
    scores.push(report.score);
    if (options.survivors) for (const line of survivorsIn(report)) console.log(line);
  }
  console.log(tableText(scores));
}

function targetOf(place: string): Target {
  const name = place.replace(/\/$/, "");
  const [room] = name.split("/") as [string];
  if (!ROOMS.includes(room) || !fsExtra.existsSync(name)) {
    console.error(`mutants: unknown place "${place}"; name a room (${ROOMS.join(", ")}) or one of its files`);
    process.exit(2);
  }
  return { room, name: name.replace(/\.ts$/, ""), mutate: name.endsWith(".ts") ? name : `${name}/*.ts` };
}

interface Report {
  score: Score;
  mutants: Reported[];
}

async function tried(target: Target, share: number): Promise<Report> {
  const results = await resultsOf(target, share);
  return { score: scoreOf(target.name, results), mutants: reportedIn(results) };
}

/** The report of the last run, in which the survivors have what became of them now. */
async function triedAgain(target: Target): Promise<Report> {
  const file = fileOf(target);
  if (!fsExtra.existsSync(file)) {
    console.error(`mutants: no ${file}, which a run of ${target.name} leaves; run it without --again first`);
    process.exit(2);
  }
  const before: Report = fsExtra.readJsonSync(file);
  const now = new Map(reportedIn(await resultsOf(target, 1, file)).map((mutant) => [keyOf(mutant), mutant]));
  const mutants = before.mutants.map((mutant) => now.get(keyOf(mutant)) ?? mutant);
  const missing = before.mutants.filter((mutant) => isSurvivor(mutant) && !now.has(keyOf(mutant))).length;
  if (missing > 0) console.error(`mutants: ${missing} survivors are no longer where they were; they count as before`);
  return { score: { ...scoreOf(target.name, mutants), mutants: before.score.mutants }, mutants };
}

function fileOf({ name }: Target): string {
  return `${FOLDER}/${name.replaceAll("/", "-")}.json`;
}

async function resultsOf({ room, mutate }: Target, share: number, again = ""): Promise<MutantResult[]> {
  process.env.NESTFUZZ_MUTANTS_ROOM = room;
  process.env[SHARE_VARIABLE] = String(share);
  process.env[AGAIN_VARIABLE] = again === "" ? "" : path.resolve(again);
  process.env.NESTFUZZ_EFFORT ??= "0.1";
  const options: PartialStrykerOptions = {
    mutate: [mutate],
    testRunner: "vitest",
    vitest: { configFile: "vitest.mutants.config.ts", related: false },
    plugins: ["@stryker-mutator/vitest-runner", fileURLToPath(new URL("./sample.js", import.meta.url))],
    checkers: share < 1 || again !== "" ? ["sample"] : [],
    coverageAnalysis: "perTest",
    ignoreStatic: true,
    concurrency: 1,
    timeoutFactor: 1.5,
    timeoutMS: 10_000,
    dryRunTimeoutMinutes: 30,
    reporters: ["progress-append-only"],
    tempDirName: `${FOLDER}/work-${room}`,
    cleanTempDir: "always",
    ignorePatterns: ["runs", "dist", "bench"],
    allowConsoleColors: false,
  };
  try {
    return await new Stryker(options).runMutationTest();
  } catch {
    // It has told why.
    process.exit(1);
  }
}

function reportedIn(results: readonly MutantResult[]): Reported[] {
  return results
    .filter(({ status }) => status !== "CompileError" && status !== "Ignored")
    .map((result) => ({
      ...reportedAs({ ...result, replacement: result.replacement ?? "", fileName: relative(result.fileName) }),
      status: result.status,
      killedBy: result.killedBy?.[0],
    }));
}

function relative(fileName: string): string {
  return path.relative(process.cwd(), fileName).replaceAll(path.sep, "/");
}

function survivorsIn({ mutants }: Report): string[] {
  return mutants
    .filter(isSurvivor)
    .map((mutant) => `${mutant.place}: ${oneLine(originalOf(mutant))} => ${oneLine(mutant.replacement ?? "")}`)
    .sort();
}

/** The source text that the mutant replaces. */
function originalOf({ place, end }: Reported): string {
  const [fileName, startLine, startColumn] = place.split(":") as [string, string, string];
  const [endLine, endColumn] = end.split(":").map(Number) as [number, number];
  const lines = fsExtra
    .readFileSync(fileName, "utf8")
    .split("\n")
    .slice(Number(startLine) - 1, endLine);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, endColumn - 1);
  return [lines[0]!.slice(Number(startColumn) - 1), ...lines.slice(1)].join("\n");
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > 100 ? `${line.slice(0, 70)} ... ${line.slice(-25)}` : line;
}

function shareOf(text: string): number {
  const share = text.endsWith("%") ? Number(text.slice(0, -1)) / 100 : Number.NaN;
  if (share > 0 && share <= 1) return share;
  throw new InvalidArgumentError("a share is due: 10%");
}
