/** Time is no part of a result: it only ends a search earlier. */
export class Clock {
  private readonly start = process.hrtime.bigint();
  constructor(private readonly seconds: number | undefined) {}

  isOver(): boolean {
    if (this.seconds === undefined) return false;
    return Number(process.hrtime.bigint() - this.start) / 1e9 > this.seconds;
  }
}
