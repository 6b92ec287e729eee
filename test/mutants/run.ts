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
import { SHARE_VARIABLE } from "./sample.js";
import { type Score, scoreOf, tableText } from "./score.js";

const ROOMS = ["properties", "models", "rules", "shrinkers"];
const FOLDER = "runs/mutants";

interface Options {
  sample: number;
  survivors: boolean;
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
    .option("--survivors", "list the mutants that no test noticed", false)
    .parse();
  const options = command.opts<Options>();
  const scores: Score[] = [];
  for (const target of command.processedArgs[0].map(targetOf)) {
    const results = await resultsOf(target, options.sample);
    scores.push(scoreOf(target.name, results));
    fsExtra.outputJsonSync(`${FOLDER}/${target.name.replaceAll("/", "-")}.json`, reportOf(target, results), {
      spaces: 1,
    });
    if (options.survivors) for (const line of survivorsIn(results)) console.log(line);
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

async function resultsOf({ room, mutate }: Target, share: number): Promise<MutantResult[]> {
  process.env.NESTFUZZ_MUTANTS_ROOM = room;
  process.env[SHARE_VARIABLE] = String(share);
  process.env.NESTFUZZ_EFFORT ??= "0.1";
  const options: PartialStrykerOptions = {
    mutate: [mutate],
    testRunner: "vitest",
    vitest: { configFile: "vitest.mutants.config.ts", related: false },
    plugins: ["@stryker-mutator/vitest-runner", fileURLToPath(new URL("./sample.js", import.meta.url))],
    checkers: share < 1 ? ["sample"] : [],
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

function reportOf({ name }: Target, results: readonly MutantResult[]) {
  const mutants = results
    .filter(({ status }) => status !== "CompileError")
    .map(({ fileName, location, mutatorName, replacement, status, killedBy }) => ({
      place: placeOf({ fileName, location }),
      end: `${location.end.line}:${location.end.column}`,
      mutatorName,
      replacement,
      status,
      killedBy: killedBy?.[0],
    }));
  return { score: scoreOf(name, results), mutants };
}

function survivorsIn(results: readonly MutantResult[]): string[] {
  return results
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .map((result) => `${placeOf(result)}: ${oneLine(originalOf(result))} => ${oneLine(result.replacement ?? "")}`)
    .sort();
}

function placeOf({ fileName, location: { start } }: Pick<MutantResult, "fileName" | "location">): string {
  return `${path.relative(process.cwd(), fileName).replaceAll(path.sep, "/")}:${start.line}:${start.column}`;
}

/** The source text that the mutant replaces. */
function originalOf({ fileName, location: { start, end } }: Pick<MutantResult, "fileName" | "location">): string {
  const lines = fsExtra
    .readFileSync(fileName, "utf8")
    .split("\n")
    .slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  return [lines[0]!.slice(start.column - 1), ...lines.slice(1)].join("\n");
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
