/**
 * A checker for Stryker that lets some of the mutants through: a share, the same ones each time, in no other order than
 * that of a hash of file, place and replacement; or those that an earlier report calls survivors. The others count as
 * not compiled, which no score takes in.
 *
 * Ranges of lines would be the simpler way, but a mutant that spans lines lies in few of them and would be drawn less.
 */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Checker, type CheckResult, CheckStatus } from "@stryker-mutator/api/check";
import type { Mutant, MutantStatus } from "@stryker-mutator/api/core";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** The share, from 0 to 1; Stryker's workers are processes, which inherit it. */
export const SHARE_VARIABLE = "NESTFUZZ_MUTANTS_SHARE";

/** A report of an earlier run, of which only the survivors are tried; empty for none. */
export const AGAIN_VARIABLE = "NESTFUZZ_MUTANTS_AGAIN";

type Place = Pick<Mutant, "fileName" | "location" | "mutatorName" | "replacement">;

/** A mutant in a report; `place` is `models/ledger.ts:12:3`, `end` is `12:9`. */
export interface Reported {
  place: string;
  end: string;
  mutatorName: string;
  replacement?: string | undefined;
  status: MutantStatus;
  killedBy?: string | undefined;
}

export function isSurvivor({ status }: Pick<Reported, "status">): boolean {
  return status === "Survived" || status === "NoCoverage";
}

/** Equal for one mutant in two reports of the same sources. */
export function keyOf({ place, end, mutatorName, replacement }: Omit<Reported, "status">): string {
  return [place, end, mutatorName, replacement].join("\n");
}

/** `fileName` is relative to the root of the package. */
export function reportedAs({ fileName, location, mutatorName, replacement }: Place): Omit<Reported, "status"> {
  const { start, end } = location;
  return {
    place: `${fileName}:${start.line}:${start.column}`,
    end: `${end.line}:${end.column}`,
    mutatorName,
    replacement,
  };
}

/** Whether a mutant is in the sample; `fileName` is relative to the root of the package. */
export function isDrawn({ fileName, location, mutatorName, replacement }: Place, share: number): boolean {
  const { start, end } = location;
  const place = [fileName, start.line, start.column, end.line, end.column, mutatorName, replacement].join("\n");
  return createHash("sha256").update(place).digest().readUInt32BE(0) < share * 2 ** 32;
}

class Sample implements Checker {
  private readonly share = Number(process.env[SHARE_VARIABLE]);
  private readonly again = survivorsOf(process.env[AGAIN_VARIABLE] ?? "");

  async init(): Promise<void> {}

  async group(mutants: Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.resultOf(mutant)]));
  }

  private resultOf(mutant: Mutant): CheckResult {
    const fileName = path.relative(process.cwd(), mutant.fileName).replaceAll(path.sep, "/");
    const place = { ...mutant, fileName };
    const isTried =
      this.again === undefined ? isDrawn(place, this.share) : this.again.has(keyOf(reportedAs(asInReport(place))));
    return isTried ? { status: CheckStatus.Passed } : { status: CheckStatus.CompileError, reason: "not in the sample" };
  }
}

/** A checker is told lines and columns from 0, a report has them from 1. */
function asInReport(place: Place): Place {
  const from1 = ({ line, column }: Place["location"]["start"]) => ({ line: line + 1, column: column + 1 });
  return { ...place, location: { start: from1(place.location.start), end: from1(place.location.end) } };
}

function survivorsOf(report: string): ReadonlySet<string> | undefined {
  if (report === "") return undefined;
  const { mutants } = JSON.parse(readFileSync(report, "utf8")) as { mutants: Reported[] };
  return new Set(mutants.filter(isSurvivor).map(keyOf));
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "sample", () => new Sample())];
