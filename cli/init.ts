/**
 * `nestfuzz init`: a commented pair of rule files to start from.
 */

import path from "node:path";
import type { Command } from "commander";
import fs from "fs-extra";
import { quotedWord } from "../report/shell.js";
import { packageRoot } from "../rules/home.js";
import { print, refuse } from "./exit.js";

export function addInit(program: Command): void {
  program
    .command("init")
    .argument("<name>", "the name of your unit: letters, digits, single dashes")
    .summary("write a commented architecture and contract to start from")
    .description("Writes NAME.architecture.yaml and NAME.contract.yaml; files that are there already are left alone.")
    .option("--folder <folder>", "where to write them", ".")
    .addHelpText("after", "\nExample:\n  nestfuzz init my-unit && nestfuzz check my-unit.contract.yaml\n")
    .action((name: string, { folder }: { folder: string }) => init(name, folder));
}

const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function init(name: string, folder: string): void {
  if (!NAME.test(name) || name.length > 40)
    refuse(
      `init: ${JSON.stringify(name)} is no name; known: small letters, digits and single dashes, a letter first, at ` +
        "most 40; e.g. my-unit",
    );
  const files = (["architecture", "contract"] as const).map((kind) => ({
    kind,
    file: path.join(folder, `${name}.${kind}.yaml`),
  }));
  const taken = files.filter(({ file }) => fs.existsSync(file)).map(({ file }) => file);
  if (taken.length > 0) refuse(`init: ${taken.join(" and ")} exists already; choose another name or folder`);
  try {
    fs.ensureDirSync(folder);
    for (const { kind, file } of files) fs.writeFileSync(file, textOf(kind, name, file, folder), { flag: "wx" });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    refuse(`init: ${folder} cannot be written to (${code}); choose another --folder, or change its permissions`);
  }
  const contract = quotedWord(files[1]!.file);
  print(
    [
      ...files.map(({ file }) => `wrote ${file}`),
      `next: nestfuzz rules check ${contract}`,
      `      nestfuzz check ${contract}`,
    ].join("\n"),
  );
}

function textOf(kind: "architecture" | "contract", name: string, file: string, folder: string): string {
  const schema = path.relative(folder, path.join(packageRoot(), `rules/schemas/${kind}.schema.json`));
  return fs
    .readFileSync(path.join(packageRoot(), `rules/templates/${kind}.yaml`), "utf8")
    .replaceAll("SCHEMA", schema.split(path.sep).join("/"))
    .replaceAll("ARCHITECTURE", `./${name}.architecture.yaml`)
    .replaceAll("NAME", name)
    .replaceAll("FILE", file);
}
