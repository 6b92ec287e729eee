/** Time is no part of a result: it only ends a search earlier. It never goes back, whatever the day's clock does. */
export class Clock {
  private readonly start = process.hrtime.bigint();
  constructor(private readonly limit: number | undefined) {}

  seconds(): number {
    return Number(process.hrtime.bigint() - this.start) / 1e9;
  }

  isOver(): boolean {
    return this.limit !== undefined && this.seconds() > this.limit;
  }
}

/** The day of the calendar, for readers alone: no verdict and no plan depends on it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
