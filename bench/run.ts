/**
 * `npm run bench`: how fast the fuzzer is, as figures and as a ratio to the same work written with `fc.commands`;
 * `--memory`: whether it grows; `--prove`: how fast proofs are; `--page`: how fast the page steps.
 */

import { Command, InvalidArgumentError } from "commander";
import { chromiumPath } from "./chromium.js";
import { MEMORY_HEAD, measureMemory, sampleText } from "./memory.js";
import { measurePage, pageText } from "./page.js";
import { measureProofs, proofsText } from "./prove.js";
import { measureSpeed, speedText } from "./speed.js";
import { measureTargets, targetsText } from "./targets.js";

interface Options {
  json: boolean;
  memory: boolean;
  prove: boolean;
  page: boolean;
  seconds?: number;
}

const options = new Command("bench")
  .description("Measures the fuzzer and a baseline written with fc.commands.")
  .option("--json", "print the figures as JSON", false)
  .option("--memory", "fuzz for a while and print what memory is in use", false)
  .option("--prove", "prove the smallest units and print how long that takes, beside SPIN", false)
  .option("--page", "step through a page in Chromium and print how long a step takes", false)
  .option(
    "--seconds <n>",
    "a round of one subject (default 1), all of --memory (60), or most for SPIN with --prove (10)",
    positive,
  )
  .parse()
  .opts<Options>();

if (options.memory) await memory(options);
else if (options.prove) prove(options);
else if (options.page) await page(options);
else await speed(options);

async function speed({ json, seconds = 1 }: Options): Promise<void> {
  const report = measureSpeed(seconds * 1000);
  if (!json) console.log(`${speedText(report)}\n`);
  const targets = await measureTargets(seconds * 1000);
  console.log(json ? JSON.stringify({ ...report, targets }, null, 2) : targetsText(targets));
}

function prove({ json, seconds = 10 }: Options): void {
  const rows = measureProofs(seconds);
  console.log(json ? JSON.stringify(rows, null, 2) : proofsText(rows));
}

async function page({ json }: Options): Promise<void> {
  const executable = chromiumPath();
  if (executable === undefined) {
    console.error("there is no Chromium; Debian: apt-get install chromium");
    process.exit(2);
  }
  const rows = await measurePage(executable);
  console.log(json ? JSON.stringify(rows, null, 2) : pageText(rows));
}

async function memory({ json, seconds = 60 }: Options): Promise<void> {
  if (!json) console.log(MEMORY_HEAD);
  const samples = await measureMemory(seconds, (sample) => {
    if (!json) console.log(sampleText(sample));
  });
  if (json) console.log(JSON.stringify(samples, null, 2));
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError("a number above 0 is due");
  return value;
}
