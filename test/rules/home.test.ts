import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { builtInNames, claimsPlace, isPath, packageRoot, placeOf } from "../../rules/home.js";

describe("home", () => {
  it("finds the root of the package", () => {
    expect(JSON.parse(readFileSync(path.join(packageRoot(), "package.json"), "utf8")).name).toBe("nestfuzz");
  });

  it("lists the built-in names by code unit", () => {
    const names = builtInNames("architecture");
    expect(names).toContain("tiny");
    expect(names).toEqual([...names].sort());
    expect(builtInNames("contract")).toContain("always");
  });

  it("tells a path from a name", () => {
    expect(isPath("tiny")).toBe(false);
    expect(isPath("tiny.yaml")).toBe(true);
    expect(isPath("./tiny")).toBe(true);
    expect(isPath("tiny.yml")).toBe(true);
  });

  it("shows built-in files by their path in the package, others as they were given", () => {
    expect(placeOf("contract", "always")!.shown).toBe("rules/contracts/always.yaml");
    expect(placeOf("contract", "mine.yaml")).toEqual({ path: "mine.yaml", shown: "mine.yaml" });
    expect(placeOf("contract", "nothing")).toBeUndefined();
    expect(claimsPlace().shown).toBe("rules/claims.yaml");
    expect(claimsPlace("mine.yaml").shown).toBe("mine.yaml");
  });

  it("takes a path from the file that names it", () => {
    const from = { path: "/home/me/rules/child.yaml", shown: "rules/child.yaml" };
    expect(placeOf("contract", "../parent.yaml", from)).toEqual({ path: "/home/me/parent.yaml", shown: "parent.yaml" });
    expect(placeOf("contract", "/etc/parent.yaml", from)!.path).toBe("/etc/parent.yaml");
    expect(placeOf("contract", "always", from)!.shown).toBe("rules/contracts/always.yaml");
  });
});
