/** Arrays that are computed from a state, kept as they were at one so that going back to it costs a copy. */

export class Kept {
  private readonly copies: Int32Array[];

  constructor(private readonly arrays: readonly Int32Array[]) {
    this.copies = arrays.map((array) => array.slice());
  }

  recall(): void {
    for (let at = 0; at < this.arrays.length; at++) this.arrays[at]!.set(this.copies[at]!);
  }
}
