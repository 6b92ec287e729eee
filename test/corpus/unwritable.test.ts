import { describe, expect, it } from "vitest";
import { Unwritable, writing } from "../../corpus/unwritable.js";

const refusing = (code: string) => () => {
  throw Object.assign(new Error("no"), { code });
};

describe("what cannot be written", () => {
  it("says which file, why, and what to do", () => {
    const says = (code: string): string => {
      try {
        return writing("runs/x", refusing(code));
      } catch (error) {
        expect(error).toBeInstanceOf(Unwritable);
        return (error as Error).message;
      }
    };
    expect(says("ENOSPC")).toBe("runs/x: cannot be written (ENOSPC); make room on the disk, then go on with --resume");
    expect(says("EROFS")).toBe("runs/x: cannot be written (EROFS); name a folder that may be written");
    expect(says("ENOTDIR")).toMatch(/name a folder, or one that is to be made$/);
    expect(says("EIO")).toMatch(/check the path$/);
  });

  it("is told apart from a defect of the program, and from what could be written", () => {
    expect(() => writing("x", () => [].at(0)!["a" as never])).toThrow(TypeError);
    expect(writing("x", () => 7)).toBe(7);
  });
});
