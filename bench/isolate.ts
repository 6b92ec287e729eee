/**
 * Parts in processes of their own: what one makes of the compiler's types and of the heap is no matter of the next.
 */

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Asked } from "./part.js";
import type { Report, ReportedPart } from "./report.js";

export async function measureIsolated(part: string, { rounds, milliseconds }: Asked): Promise<ReportedPart> {
  const program = fileURLToPath(new URL("./run.js", import.meta.url));
  const seconds = milliseconds === null ? [] : ["--seconds", `${milliseconds / 1000}`];
  const args = [program, "--only", part, "--json", "--rounds", `${rounds}`, ...seconds];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`the part ${part} ended with code ${code}`);
  const { parts } = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Report;
  return parts[0]!;
}
