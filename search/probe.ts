/**
 * Which translations a target is asked for: `dma` commands put between those of a sequence.
 *
 * A target shows what it holds only when it is asked, and holds only what was asked for before. So the pages that are
 * mapped at the start are read first, and after each change or fence some of the requests are asked whose answer the
 * change has altered, or may still be stale. The choice is a function of the gene.
 */

import { KIND, STRIDE, slots } from "../commands/command.js";
import type { View } from "../properties/view.js";
import { sameMeaning } from "../properties/view.js";

const D = slots("dma");
/** Requests asked after a change or a fence, and, one in so many, at the start. */
const ASKED = 2;

export class Prober {
  /** By request: the oracle's answer when it was last asked for; and requests worth asking. */
  private readonly before: Int32Array;
  private readonly worth: Int32Array;

  constructor(private readonly view: View) {
    this.before = new Int32Array(view.contexts * view.pages);
    this.worth = new Int32Array(view.contexts * view.pages);
  }

  /** Writes `dma` commands into `into` at position 0 and on; their number. At the start: all that is mapped. */
  begin(into: Float64Array): number {
    this.note();
    let count = 0;
    for (let request = 0; request < this.before.length; request++)
      if (isMapped(this.before[request]!)) this.ask(request, 0, into, count++);
    return count;
  }

  /** After a step: some of the requests that changed, or whose answer is not certain. */
  after(gene: number, into: Float64Array): number {
    const { view } = this;
    const { oracle } = view.machine;
    let count = 0;
    for (let request = 0; request < this.before.length; request++) {
      const changed = !sameMeaning(this.before[request]!, oracle.value[request]!);
      if (changed || view.isFresh[request] !== 1) this.worth[count++] = request;
    }
    this.note();
    const asked = Math.min(ASKED, count);
    const first = Math.floor(gene / 64) % Math.max(1, count);
    for (let at = 0; at < asked; at++) {
      const isWrite = (gene >> at) % 4 === 3;
      this.ask(this.worth[(first + at) % count]!, isWrite ? 1 : 0, into, at);
    }
    return asked;
  }

  private note(): void {
    this.before.set(this.view.machine.oracle.value);
  }

  private ask(request: number, access: number, into: Float64Array, at: number): void {
    const from = at * STRIDE;
    into.fill(0, from, from + STRIDE);
    into[from] = KIND.dma;
    into[from + D.context] = Math.floor(request / this.view.pages);
    into[from + D.iova] = this.view.machine.geometry.iova.pages[request % this.view.pages]!;
    into[from + D.access] = access;
  }
}

function isMapped(value: number): boolean {
  return value >= 0 && (value & 3) === 1;
}
