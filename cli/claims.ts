/**
 * `nestfuzz claims`: what was said, by whom, and the cells that settle it.
 */

import type { Command } from "commander";
import { contractRef } from "../report/built-in.js";
import { groundsText } from "../report/grounds.js";
import { wrap, wrapAfter } from "../report/text.js";
import type { Cell } from "../rules/vocabulary.js";
import { allClaims } from "./cells.js";
import { print } from "./exit.js";

/** A cell, and the rows it rests on that no specification says. */
function cellLines(cell: Cell): string[] {
  const grounds = groundsText(cell);
  return [
    `    ${cell.id.padEnd(22)} ${cell.expected.padEnd(10)} ${cell.strategies.join("+")} on ` +
      `${cell.architecture.name} under ${contractRef(cell.contract)}`,
    ...(grounds === "" ? [] : wrapAfter("        rests on what is ", grounds, 100)),
  ];
}

export function addClaims(program: Command): void {
  program
    .command("claims")
    .summary("list the claims and their cells")
    .description("Lists every claim with its source and, for each cell, the combination and the expected verdict.")
    .option("--json", "print them as JSON")
    .addHelpText("after", "\nExample:\n  nestfuzz claims\n")
    .action((flags: { json?: boolean }) => {
      const claims = allClaims();
      if (flags.json === true) return print(JSON.stringify(claims, null, 2));
      return print(
        claims
          .map(({ id, says, source, cells }) =>
            [
              ...wrap(`${id}: ${says}`, 100, "    "),
              ...wrapAfter("    said by ", source, 100),
              ...cells.flatMap(cellLines),
            ].join("\n"),
          )
          .join("\n\n"),
      );
    });
}
