/** Resident memory of a run over time: main process and workers together, as they last told. */

export class Memory {
  private readonly workers = new Map<number, number>();
  private start = 0;
  private minute5: number | null = null;
  private peak = 0;
  private last = 0;

  /** The workers that there are now: what replaced ones held is gone. */
  constructor(private readonly count: number) {}

  note(pid: number, rss: number, seconds: number): void {
    this.workers.delete(pid);
    this.workers.set(pid, rss);
    for (const old of [...this.workers.keys()].slice(0, Math.max(0, this.workers.size - this.count)))
      this.workers.delete(old);
    const sum = [...this.workers.values()].reduce((total, bytes) => total + bytes, process.memoryUsage.rss());
    if (this.workers.size === this.count && this.start === 0) this.start = sum;
    if (this.minute5 === null && seconds >= 300) this.minute5 = sum;
    this.peak = Math.max(this.peak, sum);
    this.last = sum;
  }

  /** As it was told last. */
  now(): number {
    return this.last;
  }

  figures(): { start: number; minute5: number | null; end: number; peak: number } {
    return { start: this.start, minute5: this.minute5, end: this.last, peak: this.peak };
  }
}
