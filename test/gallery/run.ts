/**
 * `npm run gallery`: how soon the ordinary fuzz finds each known bug, as a table; the last line is the total.
 *
 * Ends with 1 if a bug is missed in more than one seed of twenty, or a right cell is not clean.
 */

import { writeFileSync } from "node:fs";
import { isMainThread, parentPort, workerData } from "node:worker_threads";
import { Command, InvalidArgumentError } from "commander";
import { galleryFile } from "../../nightly/detection.js";
import { BUGS } from "./bugs.js";
import { figuresText } from "./figures.js";
import { BUDGET } from "./measure.js";
import type { Bug } from "./mutation.js";
import {
  type Answer,
  type BugFigures,
  distinctRights,
  figuresOf,
  type PoolOptions,
  type RightFigures,
  rightOf,
  runPool,
  type Task,
} from "./pool.js";
import { legendText, rightText, tableText, totalText } from "./table.js";

interface Options extends PoolOptions {
  bugs?: string;
  threads: number;
  json: boolean;
  write: boolean;
}

if (isMainThread) await main();
else serve();

function serve(): void {
  const options = workerData as PoolOptions;
  parentPort!.on("message", async (task: Task) => {
    const bug = BUGS.find(({ id }) => id === task.id)!;
    const figures = task.what === "bug" ? await figuresOf(bug, options) : await rightOf(bug, options);
    parentPort!.postMessage({ task, figures } satisfies Answer);
  });
}

async function main(): Promise<void> {
  const options = readOptions();
  const bugs = chosen(options.bugs);
  const rights = distinctRights(bugs);
  const tasks: Task[] = [
    ...bugs.map(({ id }): Task => ({ what: "bug", id })),
    ...rights.map(({ id }): Task => ({ what: "right", id })),
  ];
  const { seeds, uniformSeeds, budget } = options;
  const answers: Answer[] = [];
  await runPool(new URL(import.meta.url), tasks, { seeds, uniformSeeds, budget }, options.threads, (answer) => {
    answers.push(answer);
    process.stderr.write(`\r${answers.length} of ${tasks.length}: ${answer.task.id.padEnd(8)}`);
  });
  process.stderr.write("\r\x1b[K");
  const of = <F>(what: Task["what"], order: readonly Bug[]): F[] =>
    order.map(({ id }) => answers.find(({ task }) => task.what === what && task.id === id)!.figures as F);
  print(options, bugs, of("bug", bugs), of("right", rights));
}

function print(options: Options, bugs: readonly Bug[], figures: BugFigures[], rights: RightFigures[]): void {
  if (options.write) writeFileSync(galleryFile(), figuresText(bugs, figures, options));
  if (options.json) console.log(JSON.stringify({ bugs: figures, rights }, null, 2));
  else {
    console.log(tableText(bugs, figures, options));
    console.log(legendText(options));
    console.log(rightText(rights, options.budget));
    console.log(totalText(figures, options));
  }
  const missed = (values: readonly number[]): number => values.filter((value) => !Number.isFinite(value)).length;
  const isFound = figures.every(({ biased }) => missed(biased) <= options.seeds / 20);
  if (!isFound || rights.some(({ found }) => found !== null)) process.exitCode = 1;
}

function readOptions(): Options {
  return new Command("gallery")
    .description("Fuzzes each known bug up to its first failure, and prints how many commands that took.")
    .option("--seeds <n>", "seeds a bug", positive, 20)
    .option("--uniform-seeds <n>", "seeds a bug for the generator without bias; 0 leaves it out", count, 3)
    .option("--budget <n>", "commands a seed", positive, BUDGET)
    .option("--bugs <ids>", "only these: B01,B02")
    .option("--threads <n>", "worker threads", positive, 2)
    .option("--json", "print all figures as JSON", false)
    .option("--write", "write the figures that nestfuzz nightly reckons its detection power from", false)
    .parse()
    .opts<Options>();
}

function chosen(ids: string | undefined): readonly Bug[] {
  const words = ids?.split(/[\s,]+/) ?? BUGS.map(({ id }) => id);
  const unknown = words.find((word) => !BUGS.some(({ id }) => id === word));
  if (unknown !== undefined) {
    const known = BUGS.map(({ id }) => id).join(", ");
    console.error(`gallery: unknown bug "${unknown}"; known: ${known}; name one of them`);
    process.exit(2);
  }
  return BUGS.filter(({ id }) => words.includes(id));
}

function positive(text: string): number {
  const value = count(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("a number above 0 is due");
}

function count(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError("a whole number is due");
}
