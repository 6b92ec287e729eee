import { describe, expect, it } from "vitest";
import { Batch, Reply } from "../../targets/qtest.js";
import {
  addressMask,
  functionMask,
  InvalidationQueue,
  pasidCacheDescriptor,
  pasidIotlbDescriptor,
  sourceId,
} from "../../targets/vtd.js";
import { vtdFirstStage } from "../../targets/vtd-first-stage.js";
import { driverOf, encoded, writesOf } from "./driver-bench.js";

const mask = (range: string): number => addressMask(encoded(`inv iotlb d0 ${range}`), 0);

describe("what both VT-d units share", () => {
  it("masks addresses by real pages: leaf tables have 512", () => {
    expect(["i0", "[i0+2]", "[i3+1]", "[i0+3]", "[i3+2]", "[i7+2]"].map(mask)).toEqual([0, 1, 0, 2, 10, 11]);
    expect(["base=i0 mask=2", "base=i0 mask=3", "base=i0 mask=11"].map(mask)).toEqual([2, 10, 18]);
    // Above CAP.MAMV, an empty range, and addresses of the harness.
    expect(["base=i0 mask=12", "[i0+0]", "i2048"].map(mask)).toEqual([-1, -1, -1]);
  });

  it("masks requesters by function bits (Table 21)", () => {
    expect([0, 1, 2].map(sourceId)).toEqual([0x20, 0x24, 0x22]);
    expect([0, 1, 2, 3].map(functionMask)).toEqual([0, 1, -1, 2]);
  });

  it("encodes what scalable mode adds", () => {
    expect(pasidIotlbDescriptor(3, 5, 9, { address: 0x20_1000, mask: 9, leaf: true })).toEqual([
      0x9_0005_0036n,
      0x20_1049n,
    ]);
    expect(pasidCacheDescriptor(1, 5, 9)).toEqual([0x9_0005_0017n, 0n]);
  });

  it("has a queue that wraps, and tells whether all of it was taken", () => {
    const { map } = driverOf(vtdFirstStage);
    const queue = new InvalidationQueue(map, true);
    const tails = writesOf((batch) => {
      for (let fence = 0; fence < 128; fence++) queue.fence(batch);
    }).filter((_, at) => at % 5 === 4);
    expect(tails.slice(-2).map(({ value }) => value)).toEqual([127n * 32n, 0n]);
    const judge = (done: number, head: number, status: number): string | null => {
      const batch = new Batch();
      const answers = queue.close(batch);
      const text = [done, head, status, 0, 0].map((value) => `OK 0x${value.toString(16)}\n`).join("");
      return answers(new Reply({ state: "complete", text, pid: 0, stderr: [] }));
    };
    expect(judge(128, 0, 0)).toBeNull();
    expect(judge(127, 0, 0)).toBe("did not take all commands of its queue");
    expect(judge(128, 32, 0)).toBe("did not take all commands of its queue");
    expect(judge(128, 32, 16)).toBe("refused a descriptor of its queue");
  });
});
