/**
 * The file of a search that ended without a verdict: goes on with it, keeps it, and takes it away when it is over.
 *
 * It names all that the states depend on: the version of this program, the rules, strategies and properties, geometry,
 * scope, depth and reductions. What differs is said, and nothing is searched.
 */

import { rmSync } from "node:fs";
import { type Identity, readCheckpoint, writeCheckpoint } from "../prove/checkpoint.js";
import type { Prover } from "../prove/prover.js";
import { version } from "../verdicts/version.js";
import { refuse } from "./exit.js";

export class Unfinished {
  private readonly identity: Identity;

  constructor(
    private readonly file: string,
    private readonly prover: Prover,
  ) {
    const { cell, options } = prover;
    const { architecture, contract, strategies, properties, shadow } = cell;
    this.identity = {
      version: version(),
      strategies: strategies.join("+"),
      properties: properties.join(", "),
      shadow: JSON.stringify(shadow),
      geometry: options.geometry.text,
      scope: options.scope.text,
      depth: `${options.depth}`,
      "list of reductions": (options.without ?? []).join(","),
      architecture: JSON.stringify(architecture),
      contract: JSON.stringify(contract),
    };
  }

  goOn(): void {
    const saved = this.attempt("read", () => readCheckpoint(this.file, this.identity));
    if (typeof saved === "string") refuse(`--checkpoint: ${this.file}: ${saved}`);
    else if (saved !== null) this.prover.resume(saved);
  }

  async keep(): Promise<void> {
    const saved = await this.prover.save();
    this.attempt("written", () => writeCheckpoint(this.file, this.identity, saved));
  }

  forget(): void {
    rmSync(this.file, { force: true });
  }

  private attempt<T>(what: string, act: () => T): T {
    try {
      return act();
    } catch (error) {
      const reason = error instanceof Error && "code" in error ? String(error.code) : null;
      if (reason === null) throw error;
      return refuse(`--checkpoint: ${this.file} cannot be ${what} (${reason}); check the path and its permissions`);
    }
  }
}
