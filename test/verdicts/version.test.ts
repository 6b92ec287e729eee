import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "../../verdicts/version.js";
import { Place, root } from "../cli/run.js";

describe("version", () => {
  it("is that of package.json, and what --version prints", () => {
    const manifest = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    expect(version()).toBe(manifest.version);
    const place = new Place();
    expect(place.run(["--version"])).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
    place.remove();
  });
});
