/**
 * How far a long run is, on standard error: on a terminal one line, rewritten in place and gone at the end; elsewhere,
 * as in a log, a plain line for each part that is done. Nothing where the caller wants none.
 */

export class Progress {
  private readonly isTerminal = process.stderr.isTTY === true;
  private shown = 0;

  constructor(private readonly wanted: boolean) {}

  /** Where the part in hand is. */
  show(text: string): void {
    if (!this.wanted || !this.isTerminal) return;
    const line = text.slice(0, (process.stderr.columns || 80) - 1);
    process.stderr.write(`\r${line.padEnd(this.shown)}`);
    this.shown = line.length;
  }

  /** What is shown of a part is gone. */
  clear(): void {
    if (this.wanted && this.isTerminal && this.shown > 0) process.stderr.write(`\r${" ".repeat(this.shown)}\r`);
    this.shown = 0;
  }

  /** A part is done. */
  end(text: string): void {
    if (!this.wanted) return;
    if (this.isTerminal) this.clear();
    else process.stderr.write(`${text}\n`);
  }
}
