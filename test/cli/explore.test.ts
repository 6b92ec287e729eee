/** nestfuzz explore as a process: its address, and its end. */

import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Place, root } from "./run.js";

const place = new Place();
afterAll(() => place.remove());

/** Runs it, hands its address to `use`, sends the signal; the exit code and all that was printed. */
async function explored(args: readonly string[], signal: NodeJS.Signals, use: (url: string) => Promise<void>) {
  const child = spawn(process.execPath, [path.join(root, "bin/nestfuzz.js"), "explore", ...args], {
    cwd: place.folder,
  });
  let printed = "";
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  child.stderr.on("data", (part) => {
    printed += part;
  });
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (part) => {
      printed += part;
      if (printed.includes("Ctrl-C")) resolve();
    });
    void ended.then(() => resolve());
  });
  await use(printed.split("\n")[0]!);
  child.kill(signal);
  return { code: await ended, printed };
}

describe("explore", () => {
  it("serves on the loopback address with a token of its own, until Ctrl-C", async () => {
    const addresses: string[] = [];
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      const { code, printed } = await explored([], signal, async (url) => {
        addresses.push(url);
        expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[0-9]+\/\?token=[A-Za-z0-9_-]{32}$/);
        const response = await fetch(url);
        expect([response.status, (await response.text()).slice(0, 15)]).toEqual([200, "<!doctype html>"]);
        expect((await fetch(url.replace(/token=.*/, "token=x"))).status).toBe(403);
      });
      expect({ code, lines: printed.split("\n").length }).toEqual({ code: 0, lines: 3 });
    }
    expect(new Set(addresses.map((url) => url.split("=")[1])).size).toBe(2);
  });

  it("listens on no other address", async () => {
    await explored(["--geometry", "3x8"], "SIGINT", async (url) => {
      const { port } = new URL(url);
      await expect(fetch(`http://[::1]:${port}/`)).rejects.toThrow();
      await expect(fetch(`http://127.0.0.2:${port}/`)).rejects.toThrow();
    });
  });

  it("refuses what it cannot begin with, and a port that is none, or is taken", async () => {
    expect(await place.call(["explore", "nothing"])).toMatchObject({ code: 2, stdout: "" });
    expect(await place.call(["explore", "--port", "65536"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("0 to 65535"),
    });
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, stderr } = await place.call(["explore", "--port", `${port}`]);
    taken.close();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `--port: 127.0.0.1:${port} cannot be opened (EADDRINUSE); name another, or leave it out\n`,
    });
  });
});
