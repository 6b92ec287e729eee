import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../../rules/home.js";
import { jsonSchemaText, SCHEMA_NAMES, type SchemaName } from "../../rules/json-schema.js";

const root = packageRoot();
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const validators = Object.fromEntries(
  SCHEMA_NAMES.map((name) => [name, ajv.compile(JSON.parse(jsonSchemaText(name)))]),
);

function mistakes(kind: SchemaName, text: string): string[] {
  const validate = validators[kind]!;
  return validate(parse(text)) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const yamlIn = (folder: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `${folder}/${name}`);

const read = (name: string): string => readFileSync(path.join(root, name), "utf8");

describe("the JSON Schemas", () => {
  for (const name of SCHEMA_NAMES) {
    it(`of ${name} is the file that is shipped`, () => {
      const file = path.join(root, `rules/schemas/${name}.schema.json`);
      if (process.env.NESTFUZZ_GOLDEN === "write") writeFileSync(file, jsonSchemaText(name));
      expect(readFileSync(file, "utf8")).toBe(jsonSchemaText(name));
    });
  }

  it("accept every built-in file", () => {
    const wrong = [
      ...yamlIn("rules/architectures").flatMap((name) => mistakes("architecture", read(name))),
      ...yamlIn("rules/contracts").flatMap((name) => mistakes("contract", read(name))),
      ...mistakes("claims", read("rules/claims.yaml")),
    ];
    expect(wrong).toEqual([]);
  });

  it("refuse what the reader refuses in one place: unknown keys and words, values of another type", () => {
    const inOnePlace = /expect (NF110|NF112)/;
    for (const name of yamlIn("test/rules/bad")) {
      const text = read(name);
      const kind = SCHEMA_NAMES.find((one) => new RegExp(`^kind: ${one}$`, "m").test(text));
      if (kind === undefined || !inOnePlace.test(text)) continue;
      expect(mistakes(kind, text).length, name).toBeGreaterThan(0);
    }
  });
});
