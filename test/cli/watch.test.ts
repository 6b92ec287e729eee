/** The watch as a designer has it: a process that waits for saves. */

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Place, root } from "./run.js";

const places: Place[] = [];
const children: ChildProcess[] = [];
beforeAll(() => {
  // Brings the build up to date.
  const place = new Place();
  place.run(["--version"]);
  place.remove();
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const place of places.splice(0)) place.remove();
});

class Watch {
  readonly place = new Place();
  private text = "";
  private seen = 0;
  private readonly child: ChildProcess;
  private readonly ended: Promise<number | null>;

  constructor(argv: readonly string[], files: Readonly<Record<string, string>>) {
    places.push(this.place);
    for (const [name, text] of Object.entries(files)) this.place.file(name, text);
    this.child = spawn(process.execPath, [path.join(root, "bin/nestfuzz.js"), ...argv], { cwd: this.place.folder });
    children.push(this.child);
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.on("data", (data: Buffer) => {
        this.text += data.toString();
      });
    this.ended = new Promise((resolve) => this.child.on("close", resolve));
  }

  /** What was printed since the last call, up to the end of the text that is waited for. */
  async until(pattern: RegExp): Promise<string> {
    for (;;) {
      const found = pattern.exec(this.text.slice(this.seen));
      if (found !== null) {
        const part = this.text.slice(this.seen, this.seen + found.index + found[0].length);
        this.seen += part.length;
        return part;
      }
      if (this.child.exitCode !== null) throw new Error(`it has ended: ${this.text.slice(this.seen)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async interrupt(): Promise<number | null> {
    this.child.kill("SIGINT");
    return this.ended;
  }

  /** As an editor does: another file takes the place. */
  replace(name: string, text: string): void {
    const file = path.join(this.place.folder, name);
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  }
}

const HEAD = "kind: contract\nname: mine\nextends: tiny\nrules:\n";
const RIGHT = `${HEAD}  - { id: s1-leaf, owes: [[stage1 + iotlb], [device-tlb]], source: test }\n`;
const WEAK = `${HEAD}  - { id: s1-leaf, owes: none, source: test }\n`;
const FEW = ["--commands", "1500"];
const DONE = /; waiting for a change, Ctrl-C ends\n/;

describe("check --watch", () => {
  it("tells what a change touches, keeps what stands, and goes on over a mistake", async () => {
    const watch = new Watch(["check", "my.yaml", "--watch", ...FEW], { "my.yaml": RIGHT });
    const whole = await watch.until(DONE);
    expect(whole).toMatch(/^my\.yaml:5: s1-leaf: needed$/m);
    expect(whole).toMatch(/^8 rows: 6 needed, 2 nothing owed; waiting/m);

    watch.replace("my.yaml", WEAK);
    const weak = await watch.until(DONE);
    expect(weak).toMatch(/^my\.yaml has changed: s1-leaf\nmy\.yaml:5: s1-leaf: wrong$/m);
    expect(weak).toMatch(/^Rule: s1-leaf \(my\.yaml:5\)/m);
    expect(weak).not.toMatch(/: needed$/m);
    expect(watch.place.names("corpus")).toHaveLength(1);

    watch.replace("my.yaml", WEAK.replace("none", "nome"));
    expect(await watch.until(/what was said before stands\n/)).toMatch(/^my\.yaml:5:26: NF/m);

    watch.replace("my.yaml", RIGHT);
    const mended = await watch.until(DONE);
    expect(mended).toMatch(/^my\.yaml has changed: s1-leaf\nmy\.yaml:5: s1-leaf: needed$/m);
    expect(await watch.interrupt()).toBe(0);
  });

  it("hears of a parent and of the unit", async () => {
    const unit = readFileSync(path.join(root, "rules/architectures/tiny.yaml"), "utf8");
    const child = `kind: contract\nname: child\nextends: ./my.yaml\narchitecture: ./unit.yaml\nrules:\n`;
    const watch = new Watch(["check", "child.yaml", "--watch", ...FEW], {
      "my.yaml": RIGHT,
      "unit.yaml": unit,
      "child.yaml": `${child}  - { id: new-entry, owes: none, source: test }\n`,
    });
    await watch.until(DONE);
    watch.replace("my.yaml", WEAK);
    expect(await watch.until(DONE)).toMatch(/^child\.yaml has changed: s1-leaf$/m);
    watch.replace("my.yaml", RIGHT);
    await watch.until(DONE);
    watch.replace("unit.yaml", unit.replace(/^queue: .*$/m, "queue: ordered"));
    expect(await watch.until(DONE)).toMatch(/^child\.yaml has changed$/m);
    expect(await watch.interrupt()).toBe(0);
  });

  it("ends with code 1 where a row is wrong, or nothing was told yet", async () => {
    const watch = new Watch(["check", "my.yaml", "--watch", ...FEW], { "my.yaml": WEAK });
    await watch.until(DONE);
    expect(await watch.interrupt()).toBe(1);
    const broken = new Watch(["check", "my.yaml", "--watch", ...FEW], { "my.yaml": "kind: contract\n" });
    await broken.until(/NF111/);
    expect(await broken.interrupt()).toBe(1);
  });

  it("refuses a name that no file has, and flags that do not go with it", async () => {
    const place = new Place();
    places.push(place);
    expect((await place.call(["check", "tini", "--watch"])).code).toBe(2);
    const { code, stderr } = await place.call(["check", "tiny", "--watch", "--json"]);
    expect([code, stderr]).toEqual([2, "--watch: does not go with --json; leave one out\n"]);
  });
});
