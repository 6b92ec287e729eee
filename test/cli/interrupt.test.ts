import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Interrupt } from "../../cli/interrupt.js";
import { Place } from "./run.js";

const place = new Place();
afterAll(() => place.remove());
afterEach(() => vi.restoreAllMocks());

const LONG = ["--commands", "100000000"];

describe("an interrupt", () => {
  it("is asked for by the first signal, and ends the process at the second", () => {
    const exit = vi.spyOn(process, "exit").mockImplementation((() => undefined) as never);
    const interrupt = new Interrupt();
    expect(interrupt.isAsked).toBe(false);
    process.emit("SIGINT");
    expect(interrupt.isAsked).toBe(true);
    expect(exit).not.toHaveBeenCalled();
    process.emit("SIGTERM");
    expect(exit).toHaveBeenCalledWith(130);
    interrupt.release();
    expect(process.listeners("SIGINT")).not.toContain((interrupt as unknown as { listener: () => void }).listener);
  });

  it.each(["SIGINT", "SIGTERM"] as const)(
    "by %s ends a long search soon, keeps what was found, says how to go on",
    async (signal) => {
      const corpus = `corpus-${signal}`;
      const args = ["fuzz", "T1", "T2", "T3", "--corpus", corpus, ...LONG];
      const { code, stdout, stderr } = await place.interrupted(args, "1 of 3: T1 fails", signal);
      expect(code).toBe(1);
      const [id] = /nf-[0-9a-f]{12}/.exec(stdout) ?? [];
      expect(place.names(corpus)).toEqual([`${id}.json`]);
      expect(stdout).toContain("stopped in cell 2 of 3; what was found is kept\n");
      expect(stdout).toContain(`go on with: nestfuzz fuzz T2 T3 --seed 1 --commands 100000000 --corpus ${corpus}\n`);
      expect(stdout).toContain(
        `repeat with: nestfuzz fuzz T1 T2 T3 --seed 1 --commands 100000000 --corpus ${corpus}\n`,
      );
      expect(stdout).not.toMatch(/^green/m);
      expect(stderr).not.toMatch(/^ {4}at /m);
    },
    60_000,
  );

  it("leaves one whole JSON document", async () => {
    const args = ["fuzz", "T1", "T2", "--json", "--corpus", "json", ...LONG];
    const early = place.run(["fuzz", "T1", "--commands", "1", "--json"]);
    expect(JSON.parse(early.stdout)).toMatchObject({ stopped: false, goOn: null });
    // Without progress the first counterexample tells that the search has begun.
    const hasFound = () => place.names("json").length > 0;
    const { code, stdout, stderr } = await place.interrupted(args, hasFound, "SIGINT");
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ green: false, stopped: true });
  }, 60_000);
});
