/**
 * How a night went over time: commands done and memory held, in equal parts of its length, at most so many of them.
 *
 * The parts double when the night outgrows them, so memory does not grow with its length; and their length depends on
 * how long the night was alone, so lines may come in any order.
 */

import type { Summary } from "../report/summary.js";

const PARTS = 120;
/** Seconds: a power of two, so that doubled parts fall together. */
const SHORTEST = 1 / 8;

export class Course {
  private width = SHORTEST;
  private commands: number[] = [];
  private memory: number[] = [];

  /** A slice that ended then and took so long: its commands are spread over that time. */
  add(ended: number, took: number, commands: number, memory: number): void {
    while (ended >= this.width * PARTS) this.double();
    const last = Math.floor(ended / this.width);
    while (this.commands.length <= last) {
      this.commands.push(0);
      this.memory.push(0);
    }
    this.memory[last] = Math.max(this.memory[last]!, memory);
    const begun = Math.max(0, ended - took);
    for (let part = Math.floor(begun / this.width); part <= last; part++) {
      const inside = Math.min(ended, (part + 1) * this.width) - Math.max(begun, part * this.width);
      this.commands[part]! += ended > begun ? (commands * inside) / (ended - begun) : commands;
    }
  }

  figures(): Summary["machine"]["course"] {
    return { seconds: this.width, commands: this.commands.map(Math.round), memory: [...this.memory] };
  }

  private double(): void {
    this.width *= 2;
    this.commands = pairs(this.commands, (a, b) => a + b);
    this.memory = pairs(this.memory, Math.max);
  }
}

function pairs(list: readonly number[], join: (a: number, b: number) => number): number[] {
  return Array.from({ length: Math.ceil(list.length / 2) }, (_, at) => join(list[2 * at]!, list[2 * at + 1] ?? 0));
}
