/**
 * One line on a terminal that tells how far a long run is: on standard error, rewritten in place, gone at the end.
 * Nothing when standard error is no terminal or the caller wants none.
 */

export class Progress {
  private readonly isOn: boolean;
  private shown = 0;

  constructor(wanted: boolean) {
    this.isOn = wanted && process.stderr.isTTY === true;
  }

  show(text: string): void {
    if (!this.isOn) return;
    const line = text.slice(0, (process.stderr.columns ?? 80) - 1);
    process.stderr.write(`\r${line.padEnd(this.shown)}`);
    this.shown = line.length;
  }

  end(): void {
    if (!this.isOn || this.shown === 0) return;
    process.stderr.write(`\r${" ".repeat(this.shown)}\r`);
    this.shown = 0;
  }
}
