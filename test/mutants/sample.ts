/**
 * A checker for Stryker that lets a share of the mutants through: the same ones each time, in no other order than that
 * of a hash of file, place and replacement. The others count as not compiled, which no score takes in.
 *
 * Ranges of lines would be the simpler way, but a mutant that spans lines lies in few of them and would be drawn less.
 */

import { createHash } from "node:crypto";
import path from "node:path";
import { type Checker, type CheckResult, CheckStatus } from "@stryker-mutator/api/check";
import type { Mutant } from "@stryker-mutator/api/core";
import { declareFactoryPlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** The share, from 0 to 1; Stryker's workers are processes, which inherit it. */
export const SHARE_VARIABLE = "NESTFUZZ_MUTANTS_SHARE";

type Place = Pick<Mutant, "fileName" | "location" | "mutatorName" | "replacement">;

/** Whether a mutant is in the sample; `fileName` is relative to the root of the package. */
export function isDrawn({ fileName, location, mutatorName, replacement }: Place, share: number): boolean {
  const { start, end } = location;
  const place = [fileName, start.line, start.column, end.line, end.column, mutatorName, replacement].join("\n");
  return createHash("sha256").update(place).digest().readUInt32BE(0) < share * 2 ** 32;
}

class Sample implements Checker {
  private readonly share = Number(process.env[SHARE_VARIABLE]);

  async init(): Promise<void> {}

  async group(mutants: Mutant[]): Promise<string[][]> {
    return [mutants.map(({ id }) => id)];
  }

  async check(mutants: Mutant[]): Promise<Record<string, CheckResult>> {
    return Object.fromEntries(mutants.map((mutant) => [mutant.id, this.resultOf(mutant)]));
  }

  private resultOf(mutant: Mutant): CheckResult {
    const fileName = path.relative(process.cwd(), mutant.fileName).replaceAll(path.sep, "/");
    return isDrawn({ ...mutant, fileName }, this.share)
      ? { status: CheckStatus.Passed }
      : { status: CheckStatus.CompileError, reason: "not in the sample" };
  }
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.Checker, "sample", () => new Sample())];
