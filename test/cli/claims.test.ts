import { afterAll, describe, expect, it } from "vitest";
import { allClaims } from "../../cli/cells.js";
import { Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

describe("claims", () => {
  it("has each claim with who said it, and each cell with what is expected of it", async () => {
    const { code, stdout, stderr } = await place.call(["claims"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const { id, cells } of allClaims()) {
      expect(stdout).toMatch(new RegExp(`^${id}: [^\n]+\n(    [^\n]+\n)?    said by `, "m"));
      for (const cell of cells)
        expect(stdout).toMatch(
          new RegExp(`^    ${cell.id.replace(".", "\\.")} +${cell.expected} +[a-z+]+ on .* under `, "m"),
        );
    }
  });

  it("in JSON is what was loaded", async () => {
    const { code, stdout } = await place.call(["claims", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(JSON.stringify(allClaims())));
  });
});
