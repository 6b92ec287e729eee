/** The options of whoever runs a sequence under rules: they take the place of the lines of its header. */

import type { Command } from "commander";

export function addSettingOptions(command: Command): Command {
  return command
    .option("--architecture <name|file>", "architecture (default: the header's, else tiny)")
    .option(
      "--contract <name|file>",
      "contract, with parameters: \"vtd-legacy cm=1\" (default: the header's, else the architecture's)",
    )
    .option("--strategies <names>", "hardware, envelope, shadow (default: the header's, else hardware envelope)")
    .option("--properties <names>", "properties to check (default: the header's, else all)")
    .option("--geometry <text>", 'levels x entries, e.g. "3x8" (default: the header\'s, else 2x4)')
    .option(
      "--start <contexts>",
      "contexts attached at the start: all, none, or e.g. c0 (default: the header's, else all)",
    );
}
