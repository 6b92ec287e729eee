import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Place, unprivileged } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

describe("init", () => {
  it("writes a pair that rules check takes and of which no row is wrong or superfluous", async () => {
    const { code, stdout } = await place.call(["init", "my-unit"]);
    expect(code).toBe(0);
    expect(stdout).toBe(
      "wrote my-unit.architecture.yaml\nwrote my-unit.contract.yaml\n" +
        "next: nestfuzz rules check my-unit.contract.yaml\n      nestfuzz check my-unit.contract.yaml\n",
    );
    const files = ["my-unit.architecture.yaml", "my-unit.contract.yaml"];
    expect((await place.call(["rules", "check", ...files])).code).toBe(0);
    const checked = await place.call(["check", "my-unit.contract.yaml", "--commands", "3000"]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/^my-unit on my-unit, envelope$/m);
    expect(checked.stdout).toMatch(/^6 rows: 4 needed, 2 nothing owed$/m);
  });

  it("names the schema where an editor finds it from the file", async () => {
    await place.call(["init", "other", "--folder", "deep/er"]);
    for (const kind of ["architecture", "contract"]) {
      const text = readFileSync(path.join(place.folder, `deep/er/other.${kind}.yaml`), "utf8");
      const [, schema] = /^# yaml-language-server: \$schema=(.*)$/m.exec(text)!;
      const { title } = JSON.parse(readFileSync(path.join(place.folder, "deep/er", schema!), "utf8"));
      expect(title).toBe(`nestfuzz ${kind}`);
    }
  });

  it("leaves alone what is there, and refuses what is no name", async () => {
    place.file("kept.contract.yaml", "mine");
    const taken = await place.call(["init", "kept"]);
    expect([taken.code, taken.stderr]).toEqual([
      2,
      "init: kept.contract.yaml exists already; choose another name or folder\n",
    ]);
    expect(place.names(".")).not.toContain("kept.architecture.yaml");
    expect(readFileSync(path.join(place.folder, "kept.contract.yaml"), "utf8")).toBe("mine");
    for (const name of ["Big", "a_b", "../up", "-", "a--b"]) {
      const refused = await place.call(["init", "--", name]);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toMatch(/^init: .* is no name; known: /);
    }
  });

  it("says where it may not write", ({ skip }) => {
    const user = unprivileged();
    if (user === null) return skip("no user without privileges here");
    chmodSync(place.folder, 0o755);
    mkdirSync(path.join(place.folder, "closed"), { mode: 0o555 });
    const { code, stderr } = place.run(["init", "unit", "--folder", "closed"], "", user);
    expect([code, stderr]).toEqual([
      2,
      "init: closed cannot be written to (EACCES); choose another --folder, or change its permissions\n",
    ]);
    return undefined;
  });
});
