/**
 * Which requests an envelope has to derive again, and what it knows of those that it need not.
 *
 * A pass derives some requests of one context. What it reads (words of memory, sets) is noted with its readers: they
 * are stale when it changes. What a pass finds fresh it stamps with a node of the derivation (a context, a prefix or a
 * page) and its own number: that holds as long as the node is not derived again, which a change of anything it was
 * derived from would bring about (docs/decisions/016).
 */

import type { Geometry } from "./geometry.js";
import { addRange, Readers, takeReaders } from "./readers.js";
import type { Change } from "./world.js";

export class Due {
  /** The pass that is under way, the context whose requests it derives, the node that finds what is inserted. */
  pass = 0;
  context = 0;
  node = 0;
  /** By page of that context: 1 if its request is derived in this pass. */
  readonly isDue: Uint8Array;
  /** By node: the pass that last derived it. */
  readonly nodePass: Int32Array;
  private readonly requests: number;
  private readonly firstPrefixNode: number;
  private readonly firstPageNode: number;
  /** Requests that are to be derived again, and those of the pass: a bit each. */
  private readonly stale: Int32Array;
  private readonly due: Int32Array;
  private readonly setReaders: Readers;
  private readonly wordReaders: Readers;
  /** By set: the last pass that read it. */
  private readonly readIn: Int32Array;
  /** The requests that what is read now is read for. */
  private readFrom = 0;
  private readTo = 0;
  /** Those to go back to behind `widen`. */
  private narrowFrom = 0;
  private narrowTo = 0;

  constructor(
    private readonly geometry: Geometry,
    sets: number,
  ) {
    const { contexts, iova, hostPages, pageEntries } = geometry;
    this.requests = contexts * iova.count;
    this.firstPrefixNode = contexts;
    this.firstPageNode = contexts + contexts * iova.prefixCount;
    this.nodePass = new Int32Array(this.firstPageNode + this.requests);
    this.isDue = new Uint8Array(iova.count);
    this.setReaders = new Readers(sets, this.requests);
    this.wordReaders = new Readers(hostPages * pageEntries, this.requests);
    this.stale = new Int32Array(this.setReaders.words);
    this.due = new Int32Array(this.setReaders.words);
    this.readIn = new Int32Array(sets);
  }

  /** What was read so far is read at the start state, to which `restart` goes back. */
  keepStart(): void {
    this.setReaders.keep();
    this.wordReaders.keep();
  }

  restart(): void {
    this.stale.fill(0);
  }

  /** Everything is to be derived again, and nothing is known to be fresh. */
  forget(): void {
    this.nodePass.fill(0);
    this.markAll();
  }

  markAll(): void {
    addRange(this.stale, 0, this.requests);
  }

  /** Memory or a context entry was written. */
  markChange(change: Change): void {
    takeReaders(change, this.geometry, this.wordReaders, this.stale);
  }

  /** A set has lost a value, or subsets of one. */
  markReaders(set: number): void {
    this.setReaders.addTo(set, this.stale);
  }

  /** Takes the stale requests of `context` for a pass; whether there are any. */
  take(context: number): boolean {
    const { due, stale, isDue } = this;
    const { count } = this.geometry.iova;
    const first = context * count;
    let any = false;
    for (let word = first >> 5; word <= (first + count - 1) >> 5; word++) any ||= stale[word] !== 0;
    if (!any) return false;
    any = false;
    due.fill(0);
    this.pass++;
    this.context = context;
    this.nodePass[context] = this.pass;
    for (let page = 0; page < count; page++) {
      const at = first + page;
      const bit = 1 << (at & 31);
      const isStale = (stale[at >> 5]! & bit) !== 0;
      isDue[page] = isStale ? 1 : 0;
      if (!isStale) continue;
      any = true;
      due[at >> 5]! |= bit;
      stale[at >> 5]! &= ~bit;
      this.noteDerived(page);
    }
    return any;
  }

  /** The nodes on the way to a page are derived in this pass, and the page's own. */
  private noteDerived(page: number): void {
    const { nodePass, pass, context } = this;
    const { iova } = this.geometry;
    nodePass[this.firstPageNode + context * iova.count + page] = pass;
    const prefixes = this.firstPrefixNode + context * iova.prefixCount;
    for (let at = page * iova.levels; at < (page + 1) * iova.levels - 1; at++)
      nodePass[prefixes + iova.prefix[at]!] = pass;
  }

  isAnyDue(from: number, to: number): boolean {
    for (let page = from; page < to; page++) if (this.isDue[page] === 1) return true;
    return false;
  }

  // --- what is read, and for whom -------------------------------------------------------------------------------

  /** What comes is about all pages of the context of the pass. */
  enterContext(): void {
    const { count } = this.geometry.iova;
    this.readFrom = this.context * count;
    this.readTo = this.readFrom + count;
    this.node = this.context;
  }

  /** What comes is about pages `from` to `to`, those below a prefix. */
  enterPrefix(prefix: number, from: number, to: number): void {
    const { iova } = this.geometry;
    const first = this.context * iova.count;
    this.readFrom = first + from;
    this.readTo = first + to;
    this.node = this.firstPrefixNode + this.context * iova.prefixCount + prefix;
  }

  enterPage(page: number): void {
    this.readFrom = this.context * this.geometry.iova.count + page;
    this.readTo = this.readFrom + 1;
    this.node = this.firstPageNode + this.readFrom;
  }

  /** Until `narrow`, what is read is read for all pages of the context, whoever asked first. */
  widen(): void {
    const { count } = this.geometry.iova;
    this.narrowFrom = this.readFrom;
    this.narrowTo = this.readTo;
    this.readFrom = this.context * count;
    this.readTo = this.readFrom + count;
  }

  narrow(): void {
    this.readFrom = this.narrowFrom;
    this.readTo = this.narrowTo;
  }

  reads(set: number): void {
    this.readIn[set] = this.pass;
    this.setReaders.mark(set, this.readFrom, this.readTo);
  }

  /** Whoever fills a set is asked again when it loses a value, as if it had read it. */
  fills(set: number): void {
    this.setReaders.mark(set, this.readFrom, this.readTo);
  }

  readsWord(word: number): void {
    this.wordReaders.mark(word, this.readFrom, this.readTo);
  }

  /** A set has grown: its readers are stale, but for those that will read it in this pass. */
  grew(set: number): void {
    if (this.readIn[set] === this.pass) this.setReaders.addTo(set, this.stale);
    else this.setReaders.addOthersTo(set, this.stale, this.due);
  }
}
