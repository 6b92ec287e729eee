/** The schema takes every entry that can be made. */

import { describe, expect, it } from "vitest";
import { entrySchema } from "../../corpus/schema.js";
import { architectureNames } from "../../rules/load.js";
import { cellOf, entryOf, FAILURES } from "./failures.js";

describe("entrySchema", () => {
  it.each(FAILURES)("takes $name as it is", ({ text, cell }) => {
    const entry = entryOf(text, cell());
    expect(entrySchema.parse(JSON.parse(JSON.stringify(entry)))).toEqual(entry);
  });

  it.each(architectureNames())("takes the rules of %s", (name) => {
    const entry = entryOf("w g4[0]=leaf g9 rw", cellOf({ on: name }));
    expect(entrySchema.parse(entry)).toEqual(entry);
  });
});
