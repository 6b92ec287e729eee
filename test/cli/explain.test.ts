import { afterAll, describe, expect, it } from "vitest";
import { CorpusStore } from "../../corpus/store.js";
import { packageRoot } from "../../rules/home.js";
import { Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());
const { entries } = new CorpusStore(`${packageRoot()}/corpus`).list();

describe("explain", () => {
  it("says which value, cached when by which walk, what left it there, and the smallest change", async () => {
    const { id } = entries.find(({ claim }) => claim === "RV1.published")!;
    const { code, stdout } = await place.call(["explain", id]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^The IOTLB may hold h0 rw for d0 global i2: fetched by a walk after step 1/m);
    expect(stdout).toMatch(/^Step 5 \(inv iotlb d0 p0 all\) leaves it: it leaves global entries\.$/m);
    expect(stdout).toMatch(/^Smallest change of riscv .*, in row pc-published \(.*:[0-9]+\):$/m);
    expect(stdout).toMatch(/^ {2}instead {2}pasid, fence, walk\+stage1\+iotlb \(all pages, global too\), fence$/m);
  });

  it("says that no contract is at fault where none is", async () => {
    const ofTarget = entries.find(({ target }) => target !== undefined)!;
    expect((await place.call(["explain", ofTarget.id])).stdout).toContain(
      `No contract is at fault: ${ofTarget.target!.name}`,
    );
    const refinement = entries.find(({ claim }) => claim === "T1")!;
    expect((await place.call(["explain", refinement.id])).stdout).toContain("No contract is at fault: the shadow");
  });

  it("refuses an id that is not there", async () => {
    expect((await place.call(["explain", "nf-000000000000"])).code).toBe(2);
  });
});
