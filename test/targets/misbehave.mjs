// Starts the right example and passes its answers on, but for those that match: `misbehave.mjs MODE PATTERN`.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const [mode, pattern] = process.argv.slice(2);
const matches = new RegExp(pattern);
let seen = 0;
let hangs = false;

function misbehave(line) {
  const [number] = line.split(" ");
  switch (mode) {
    case "crash":
      process.stderr.write("first line\nthe table is corrupt\n");
      return process.exit(3);
    case "signal":
      return process.kill(process.pid, "SIGSEGV");
    case "hang":
      hangs = true;
      return;
    case "nonsense":
      return process.stdout.write(`${number} perhaps h8\n`);
    case "number":
      return process.stdout.write(`${Number(number) + 1} h8\n`);
    case "twice":
      return process.stdout.write(`${line}\n${line}\n`);
    case "error":
      return process.stdout.write(`${number} error no such page\n`);
    case "late":
      return setTimeout(() => process.stdout.write(`${line}\n`), 60_000);
    case "stderr":
      process.stderr.write(`${"x".repeat(200)}\n`.repeat(20_000));
      return process.stdout.write(`${line}\n`);
    case "stdout":
      hangs = true;
      return spawn("yes", [], { stdio: ["ignore", "inherit", "ignore"] });
    case "wrong":
      return process.stdout.write(`${number} fault\n`);
    case "sometimes":
      return process.stdout.write(++seen % 40 === 0 ? `${number} fault\n` : `${line}\n`);
  }
}

const example = fileURLToPath(new URL("../../examples/target.js", import.meta.url));
const target = spawn(process.execPath, [example], { stdio: ["inherit", "pipe", "inherit"] });
for await (const line of createInterface({ input: target.stdout })) {
  if (!hangs && matches.test(line)) misbehave(line);
  else if (!hangs) process.stdout.write(`${line}\n`);
}
