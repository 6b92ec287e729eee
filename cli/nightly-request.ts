/**
 * What the flags of a night ask for, as the journal keeps it: what was left out is null, so that a run can be gone on
 * with by `--resume` alone, and flags that are given again are held against the first ones.
 */

import type { Request } from "../nightly/header.js";
import type { Shard } from "../nightly/plan.js";
import { numberFrom } from "./budget.js";
import type { RuleRefs } from "./cells.js";
import { refuse } from "./exit.js";

export const DEFAULT_HOURS = 8;
export const DEFAULT_OUT = "runs";

export interface NightFlags extends RuleRefs {
  hours?: string;
  commands?: string;
  out: string;
  seed?: string;
  workers?: string;
  resume?: boolean;
  shard?: string;
  since?: string;
  corpus: string;
  canary?: boolean;
  workerTimeout: string;
  geometry?: string;
  json?: boolean;
}

export function requestFrom(claims: readonly string[], flags: NightFlags): Request {
  const commands = flags.commands === undefined ? null : numberFrom(flags.commands, "--commands", "1000000");
  const hours = flags.hours === undefined ? null : hoursFrom(flags.hours);
  return {
    claims,
    seed: flags.seed ?? null,
    commands,
    hours,
    canary: flags.canary ?? null,
    architecture: flags.architecture ?? null,
    contract: flags.contract ?? null,
    strategies: flags.strategies ?? null,
    properties: flags.properties ?? null,
    geometry: flags.geometry ?? null,
  };
}

/** What is meant where nothing is said: a night has an end, and its canaries. */
export function withDefaults(request: Request): Request {
  const hours = request.commands === null && request.hours === null ? DEFAULT_HOURS : request.hours;
  return { ...request, hours, canary: request.canary ?? true };
}

/** Flags that are given and say otherwise than the run they go on with: their names. */
export function contradictions(request: Request, of: Request): string[] {
  const differs = (name: keyof Request): boolean => {
    const given = request[name];
    if (given === null || (Array.isArray(given) && given.length === 0)) return false;
    return JSON.stringify(given) !== JSON.stringify(of[name]);
  };
  return (Object.keys(request) as (keyof Request)[])
    .filter(differs)
    .map((name) => (name === "claims" ? name : `--${name}`));
}

export function refsOf({ architecture, contract, strategies, properties }: Request): RuleRefs {
  return {
    ...(architecture === null ? {} : { architecture }),
    ...(contract === null ? {} : { contract }),
    ...(strategies === null ? {} : { strategies }),
    ...(properties === null ? {} : { properties }),
  };
}

function hoursFrom(text: string): number {
  const hours = Number(text);
  if (/^[0-9]*\.?[0-9]+$/.test(text) && hours > 0) return hours;
  return refuse(`--hours: "${text}" is no time to search; known: numbers above 0; e.g. --hours 8 or --hours 0.5`);
}

/** `3/10`: i may count from 0 or from 1, since the last from 1 is the first from 0. */
export function shardFrom(text: string | undefined): Shard | null {
  if (text === undefined) return null;
  const [, index, of] = /^([0-9]+)\/([0-9]+)$/.exec(text) ?? [];
  if (of === undefined || Number(of) < 1 || Number(index) > Number(of))
    return refuse(
      `--shard: "${text}" is no part of a search; known: i/n, i from 0 to n-1 or from 1 to n; e.g. --shard 1/4`,
    );
  return { index: Number(index) % Number(of), of: Number(of) };
}
