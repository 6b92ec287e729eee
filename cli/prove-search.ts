/**
 * A search until it has a verdict, or until memory, time or the user ends it.
 *
 * A thread that is lost takes its states with it: there is no verdict then, and nothing that could be kept.
 */

import type { Prover } from "../prove/prover.js";
import { ThreadLost } from "../prove/thread.js";
import { Clock } from "../verdicts/clock.js";
import { Ended, EXIT } from "./exit.js";
import type { Interrupt } from "./interrupt.js";
import type { Stop } from "./prove-report.js";

/** Moves tried between two looks at the clock. */
const PORTION = 20_000;

export interface Limits {
  bytes: number;
  seconds: number | undefined;
}

/** Why the search ended; null where it has a verdict. */
export async function searchUntil(
  prover: Prover,
  { bytes, seconds }: Limits,
  interrupt: Interrupt,
  show: (text: string) => void,
): Promise<Stop | null> {
  const portion = Math.max(1, Math.floor(PORTION / Math.max(1, prover.moves.length)));
  const clock = new Clock(seconds);
  while (prover.advance(portion) === null) {
    show(`${prover.states} states, depth ${prover.depth}`);
    await new Promise((resolve) => setImmediate(resolve));
    await prover.ready();
    if (interrupt.isAsked) return "interrupt";
    if (clock.isOver()) return "seconds";
    if (prover.bytes > bytes) return "memory";
  }
  return prover.verdict?.kind === "capacity" ? "capacity" : null;
}

/** What `act` comes to, with no thread left behind; one that is lost on the way is said, with what helps. */
export async function withThreads<T>(prover: Prover, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof ThreadLost)) throw error;
    process.stderr.write(
      `prove: a thread ended before its search did: ${error.message}; what it had searched is lost, and a checkpoint ` +
        "is as it was before; run it again with --threads 1, which needs less memory, or with a smaller --memory\n",
    );
    throw new Ended(EXIT.internal);
  } finally {
    await prover.close();
  }
}
