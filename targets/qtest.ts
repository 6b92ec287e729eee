/**
 * QEMU's qtest protocol over the child's stdin and stdout: one line a request, one line an answer, many in flight.
 *
 * QEMU runs no guest code (`-S`); devices act within the request that starts them. A batch is written as a whole and
 * its answers are read as a whole, which is some forty times faster than one request at a time.
 */

import { Child, type Received } from "./child.js";

/** Requests of a run, in order; reads are known by their number, to be looked up in the answers. */
export class Batch {
  private readonly lines: string[] = [];

  get length(): number {
    return this.lines.length;
  }

  get text(): string {
    return this.lines.length === 0 ? "" : `${this.lines.join("\n")}\n`;
  }

  write8(address: number, value: number): void {
    this.lines.push(`writeb ${address} ${value}`);
  }

  write32(address: number, value: number): void {
    this.lines.push(`writel ${address} ${value}`);
  }

  write64(address: number, value: bigint): void {
    this.lines.push(`writeq ${address} 0x${value.toString(16)}`);
  }

  /** The port of a PC. */
  out32(port: number, value: number): void {
    this.lines.push(`outl ${port} ${value}`);
  }

  /** Number of the read, for `Reply.value`. */
  read32(address: number): number {
    return this.lines.push(`readl ${address}`) - 1;
  }

  read64(address: number): number {
    return this.lines.push(`readq ${address}`) - 1;
  }
}

/** The answers to a batch. */
export class Reply {
  private readonly lines: readonly string[];

  constructor(received: Received) {
    this.lines = received.text.split("\n");
  }

  /** Requests answered. */
  get length(): number {
    return this.lines.length - 1;
  }

  /** The value that a read of up to 32 bits found. */
  value(read: number): number {
    return Number(this.lines[read]!.slice(3));
  }

  wide(read: number): bigint {
    return BigInt(this.lines[read]!.slice(3));
  }

  /** The first answer that is none, or -1. */
  firstBad(): number {
    return this.lines.findIndex((line, at) => at < this.length && !line.startsWith("OK"));
  }
}

const COMMON = "-S -nodefaults -display none -monitor none -serial none -qtest stdio -qtest-log none".split(" ");
/** Milliseconds without an answer after which QEMU is said to hang. */
const QUIET = 20_000;

export class Qtest {
  private readonly child: Child;

  /** Starts `binary` with the machine's own arguments. */
  constructor(binary: string, args: readonly string[]) {
    this.child = new Child(binary, ["-accel", "tcg", ...args, ...COMMON]);
  }

  send(batch: Batch): void {
    this.child.send(batch.text);
  }

  /** Waits for the answers to a batch that was sent. */
  receive(batch: Batch): Received {
    return this.child.receive(batch.length, QUIET);
  }

  close(): void {
    this.child.close();
  }
}
