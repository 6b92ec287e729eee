/**
 * Ctrl-C and SIGTERM: the first asks the run to stop at the next pause, keep what it found and say how to go on; the
 * second ends the process at once.
 */

export class Interrupt {
  isAsked = false;
  private readonly listener = (): void => {
    if (this.isAsked) process.exit(130);
    this.isAsked = true;
    this.onAsked();
  };

  /** `onAsked`: told at once, for what does not look by itself. */
  constructor(private readonly onAsked: () => void = () => {}) {
    process.on("SIGINT", this.listener);
    process.on("SIGTERM", this.listener);
  }

  release(): void {
    process.off("SIGINT", this.listener);
    process.off("SIGTERM", this.listener);
  }
}
