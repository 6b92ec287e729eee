/** The lines that repeat a night, or one slice of it: complete commands, fit to be pasted into a shell. */

import { flagWords, quotedWord } from "../report/shell.js";
import type { Header } from "./header.js";
import { isOfShard, planOf, sliceSeed } from "./plan.js";

const OF_RULES = ["architecture", "contract", "strategies", "properties", "geometry"] as const;

/** Without its folders: `--out`, `--corpus`, and `--since` for what the night before knew. */
export function nightLine({ request, seed, shard }: Pick<Header, "request" | "seed" | "shard">): string {
  const { claims, commands, hours, canary } = request;
  const words = ["nestfuzz", "nightly", ...claims, "--seed", seed];
  if (hours !== null) words.push("--hours", `${hours}`);
  if (commands !== null) words.push("--commands", `${commands}`);
  words.push(...flagWords(request, OF_RULES));
  if (canary === false) words.push("--no-canary");
  if (shard !== null) words.push("--shard", `${shard.index}/${shard.of}`);
  return words.map(quotedWord).join(" ");
}

/** The search of one slice; `cell` is not named where the rules on the line make it. */
export function sliceLine(
  { request, seed }: Pick<Header, "request" | "seed">,
  cell: string,
  { number, budget }: { number: number; budget: number },
): string {
  const hasOwnRules = request.claims.length === 0 && (request.architecture !== null || request.contract !== null);
  const words = ["nestfuzz", "fuzz", ...(hasOwnRules ? [] : [cell])];
  words.push("--seed", sliceSeed(seed, { number }), "--commands", `${budget}`, ...flagWords(request, OF_RULES));
  return words.map(quotedWord).join(" ");
}

/** The first slice of a run, or of a shard of it. */
export function firstSliceLine(header: Header): string {
  const { cells, request, shard } = header;
  for (const planned of planOf({ weights: cells.map(({ weight }) => weight), commands: request.commands })) {
    const { cell, number, commands } = planned;
    if (isOfShard(planned, shard)) return sliceLine(header, cells[cell]!.id, { number, budget: commands });
  }
  return "";
}
