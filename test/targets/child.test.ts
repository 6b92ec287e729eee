import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { packageRoot } from "../../rules/home.js";
import { Child } from "../../targets/child.js";

function shell(script: string): Child {
  return new Child("/bin/sh", ["-c", script]);
}

/** Processes whose command line has `mark`, without those that are dead and not fetched yet. */
function alive(mark: string): string[] {
  const { stdout } = spawnSync("ps", ["-eo", "stat=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(mark) && !line.startsWith("Z") && !line.includes("ps -eo"));
}

/** Waits, for some seconds at most, until none is left. */
async function none(mark: string): Promise<string[]> {
  for (let tries = 0; tries < 100 && alive(mark).length > 0; tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return alive(mark);
}

describe("a child", () => {
  it("takes lines and gives as many as are asked for, the rest at the next call", () => {
    const child = shell("cat");
    child.send("one\ntwo\nthr");
    expect(child.receive(1, 5_000)).toMatchObject({ state: "complete", text: "one\n" });
    child.send("ee\n");
    expect(child.receive(2, 5_000)).toMatchObject({ state: "complete", text: "two\nthree\n" });
    child.close();
  });

  it("that takes and gives much at once does not stop both sides", () => {
    const child = shell("cat");
    const lines = 100_000;
    child.send("some line of text\n".repeat(lines));
    expect(child.receive(lines, 10_000).text.length).toBe(lines * 18);
    child.close();
  });

  it("that ends says how, with what it had said and the last lines of its stderr", () => {
    const child = shell("echo last words; for i in $(seq 40); do echo line $i >&2; done; exit 3");
    const received = child.receive(2, 5_000);
    expect(received).toMatchObject({ state: "ended", text: "last words\n", how: "ended with exit code 3" });
    expect(received.stderr.at(-1)).toBe("line 40");
    expect(received.stderr).toHaveLength(20);
    child.close();
  });

  it("that is ended by a signal says which", () => {
    expect(shell("kill -SEGV $$").receive(1, 5_000).how).toBe("ended by SIGSEGV");
  });

  it("that is not there says so", () => {
    const received = new Child("/no/such/program", []).receive(1, 5_000);
    expect(received.how).toBe("ended with exit code 127");
    expect(received.stderr.join()).toContain("not found");
  });

  it("that falls silent is told by the pause, with the lines that came", () => {
    const child = shell("echo one; sleep 1000");
    expect(child.receive(2, 200)).toMatchObject({ state: "silent", text: "one\n" });
    child.close();
  });

  it("that writes on and on without ending a line falls silent all the same", () => {
    const child = shell("echo one; while :; do printf .; sleep 0.05; done");
    expect(child.receive(2, 400)).toMatchObject({ state: "silent", text: "one\n" });
    child.close();
  });

  it("leaves no process behind when it is closed, its own children included", async () => {
    const child = shell("sleep 98701 & sleep 98701; true");
    expect(child.receive(1, 200).state).toBe("silent");
    expect(alive("sleep 98701").length).toBeGreaterThan(1);
    child.close();
    expect(await none("sleep 98701")).toEqual([]);
  });

  it.each(["SIGKILL", "SIGTERM"] as const)("does not outlive a parent that is ended by %s", async (signal) => {
    const mark = signal === "SIGKILL" ? "98702" : "98703";
    const file = path.join(packageRoot(), "dist/targets/child.js");
    const script = `const { Child } = await import(${JSON.stringify(file)});
      new Child("sleep", ["${mark}"]); console.log("begun"); setInterval(() => undefined, 1000);`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise((resolve) => parent.stdout.once("data", resolve));
    expect(alive(`sleep ${mark}`)).not.toEqual([]);
    parent.kill(signal);
    expect(await none(`sleep ${mark}`)).toEqual([]);
  });
});
