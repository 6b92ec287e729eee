/**
 * `nestfuzz explore`: the page on loopback, where a sequence is edited and seen step by step.
 */

import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import { type Command, InvalidArgumentError } from "commander";
import { print, refuse } from "./exit.js";
import { exploreServer, LOOPBACK } from "./explore-server.js";
import { beginningOf } from "./explore-text.js";
import { pageOf } from "./page-file.js";
import type { SettingFlags } from "./setting.js";
import { addSettingOptions } from "./setting-options.js";
import { DEFAULT_CORPUS } from "./stores.js";

interface ExploreFlags extends SettingFlags {
  corpus: string;
  port: number;
}

export function addExplore(program: Command): void {
  const command = program
    .command("explore")
    .argument(
      "[sequence|id]",
      "an id of the corpus, nf1:..., a file (sequence, mail), - for standard input, or a sequence itself",
    )
    .summary("edit a sequence in the browser and see all strategies step by step")
    .description(
      "Serves a page on 127.0.0.1 and prints its address, until Ctrl-C. The page shows tables, caches, duties and " +
        "the walk of a request after each step; the sequence is edited in the language, and mistakes stand at their " +
        "line. Flags take the place of the header's lines, or of an entry's rules.",
    );
  addSettingOptions(command)
    .option("--corpus <folder>", "where ids are looked up first", DEFAULT_CORPUS)
    .option("--port <number>", "port of 127.0.0.1 (default: any that is free)", portOf, 0)
    .addHelpText(
      "after",
      "\nExamples:\n  nestfuzz explore\n  nestfuzz explore nf-1a2b3c4d5e6f\n" +
        "  nestfuzz explore idea.txt --architecture riscv\n" +
        "  nestfuzz explore 'dma r c0 i0; w g4[0]=-; dma r c0 i0' --contract never\n",
    )
    .action(explore);
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^[0-9]+$/.test(text) || port > 65535) throw new InvalidArgumentError("a port is a number from 0 to 65535");
  return port;
}

async function explore(ref: string | undefined, { corpus, port, ...flags }: ExploreFlags): Promise<void> {
  const { title, text, setting } = await beginningOf(ref, corpus, flags);
  const page = pageOf({
    title: `nestfuzz explore: ${title}`,
    says: "",
    data: { kind: "explore", setting, told: null, text },
    mail: "",
    footer: "Run a sequence without the page: nestfuzz replay FILE. The language: docs/language.md.",
  });
  const token = randomBytes(24).toString("base64url");
  const server = exploreServer({ ...page, token });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      try {
        refuse(`--port: ${LOOPBACK}:${port} cannot be opened (${error.code}); name another, or leave it out`);
      } catch (ended) {
        reject(ended);
      }
    });
    const stop = (): void => {
      server.close(() => resolve());
      server.closeAllConnections();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    server.listen(port, LOOPBACK, () => {
      const { port: opened } = server.address() as AddressInfo;
      print(`http://${LOOPBACK}:${opened}/?token=${token}\nopen it in a browser; Ctrl-C ends it`);
    });
  });
}
