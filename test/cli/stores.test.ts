import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allStores, findEntry } from "../../cli/stores.js";
import { complaint, Place, root } from "./run.js";

const place = new Place();
let folder = "";
let id = "";
beforeAll(async () => {
  await place.call(["fuzz", "--contract", "never", "--commands", "1000"]);
  folder = path.join(place.folder, "corpus");
  id = place.names("corpus")[0]!.replace(".json", "");
});
afterAll(() => place.remove());

const builtIn = path.join(root, "corpus");

describe("the stores", () => {
  it("are the named folder and the built-in one, each once", () => {
    expect(allStores(folder).map((store) => store.folder)).toEqual([folder, builtIn]);
    expect(allStores(builtIn).map((store) => store.folder)).toEqual([builtIn]);
  });

  it("refuse a folder that is not there, unless it is the default", () => {
    expect(complaint(() => allStores(path.join(place.folder, "typo"))).text).toMatch(/: NF301 .*ENOENT/);
    expect(complaint(() => allStores("corpus")).code).toBe(0);
  });
});

describe("an entry", () => {
  it("is found by id, beginning or path", () => {
    for (const ref of [id, id.slice(3), id.slice(0, 10), path.join(folder, `${id}.json`)])
      expect(findEntry(folder, ref)).toMatchObject({ ok: true, value: { id } });
  });

  it("that is broken in the first store is told as that, not as unknown in the second", () => {
    const other = new Place();
    other.file(`corpus/${id}.json`, "{");
    const found = findEntry(path.join(other.folder, "corpus"), id);
    expect(found).toMatchObject({ ok: false, problems: [{ code: "NF304" }] });
    other.remove();
  });

  it("that is unknown is told with the ids of all stores", () => {
    const found = findEntry(folder, "nf-000000000000");
    expect(found).toMatchObject({ ok: false, problems: [{ code: "NF312", file: folder }] });
    expect(JSON.stringify(found)).toContain(id);
  });
});
