/**
 * The same claim put to SPIN: another model, of a concrete unit, searched by another program.
 */

import { modelWith, type PromelaModel, promelaOf } from "../prove/promela.js";
import type { Prover } from "../prove/prover.js";
import { hasSpin, Spin } from "../prove/spin.js";
import { Runner } from "../search/runner.js";
import { refuse } from "./exit.js";

/** What SPIN says of a verdict, and whether it is the same. */
export interface CrossCheck {
  agrees: boolean;
  text: string;
}

/** The model of what is to be proved; what cannot be checked so is refused before anything is searched. */
export function crossCheckModel({ cell, options }: Prover, by: string): PromelaModel {
  if (by !== "spin") refuse(`--cross-check: unknown program "${by}"; known: spin; name it`);
  if (Number.isFinite(options.depth)) refuse("--cross-check: SPIN goes to a fixpoint; leave out --depth");
  const { machine } = new Runner(cell, options.geometry);
  const model = promelaOf(machine, options.scope);
  if (typeof model === "string") return refuse(`--cross-check: ${model}; docs/prove.md has an example`);
  if (!hasSpin()) refuse("--cross-check: spin or gcc is not installed; Debian has both: apt install spin gcc");
  return model;
}

export function crossCheck(
  prover: Prover,
  model: PromelaModel,
  bytes: number,
  seconds: number | undefined,
): CrossCheck {
  const { verdict } = prover;
  if (verdict === null || verdict.kind === "capacity") return { agrees: false, text: "nothing to compare" };
  const spin = new Spin(modelWith(model), { optimise: true, megabytes: Math.ceil(bytes / 1e6), seconds });
  const found = spin.run();
  spin.remove();
  if (typeof found !== "string") return { agrees: false, text: found.trouble };
  const own = verdict.kind === "fails" ? "fails" : "holds";
  return { agrees: found === own, text: found === own ? `SPIN agrees: ${found}` : `SPIN says ${found}` };
}
