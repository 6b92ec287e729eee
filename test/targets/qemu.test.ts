/** What holds for each unit of QEMU that is installed: it is driven, it is clean but for what is known, a reset is one. */

import { describe, expect, it } from "vitest";
import { sampleGenes } from "../../commands/arbitrary.js";
import { encodeAll } from "../../commands/command.js";
import { parseCommands } from "../../commands/language.js";
import { geometryOf } from "../../models/geometry.js";
import { Machine } from "../../models/machine.js";
import { allContexts } from "../../models/start.js";
import { fuzzTarget } from "../../search/target-fuzz.js";
import { TargetRunner } from "../../search/target-runner.js";
import type { Driver, UnitKind } from "../../targets/driver.js";
import { QemuTarget, type Shim } from "../../targets/qemu.js";
import type { Batch, Reply } from "../../targets/qtest.js";
import { departuresOf, type Installed, installed, rulesOf, UNITS } from "../../targets/units.js";
import { leavingOut } from "../../targets/without.js";

type Found = Extract<Installed, { ok: true }>;

function commandsOf(text: string): Float64Array {
  const parsed = parseCommands(text);
  if (!parsed.ok) throw new Error(parsed.errors[0]!.message);
  return encodeAll(parsed.commands);
}

/** Runs `use` with a runner on the unit, without what is known of it, and ends QEMU. */
async function onUnit<T>(
  kind: UnitKind,
  { binary, version }: Found,
  use: (runner: TargetRunner) => T | Promise<T>,
  shim?: Shim,
): Promise<T> {
  const target = leavingOut(new QemuTarget(kind, binary, version, shim), departuresOf(kind));
  const geometry = geometryOf(kind.geometry);
  try {
    return await use(new TargetRunner(rulesOf(kind), target, geometry, allContexts(geometry)));
  } finally {
    target.close();
  }
}

/** Sequences that change much, and are judged right. */
function disturb(runner: TargetRunner, seed: number, sequences: number): void {
  for (const genes of sampleGenes(seed, sequences)) expect(runner.judge(runner.sendGenes(genes))).toBeNull();
}

/** After each reset: what stands in the model's tables and contexts, as QEMU's memory has it. */
function readingBack(seen: bigint[][], addresses: (driver: Driver) => number[]): Shim {
  return (driver) => {
    let reads: number[] = [];
    return new Proxy(driver, {
      get(of, name) {
        if (name === "invalidateAll")
          return (batch: Batch) => {
            of.invalidateAll(batch);
            reads = addresses(of).map((address) => batch.read64(address));
          };
        if (name === "close")
          return (batch: Batch) => {
            const check = of.close(batch);
            const now = reads;
            return (reply: Reply) => {
              seen.push(now.map((read) => reply.wide(read)));
              return check(reply);
            };
          };
        const value = Reflect.get(of, name) as unknown;
        return typeof value === "function" ? value.bind(of) : value;
      },
    });
  };
}

for (const kind of UNITS) {
  const found = installed(kind);
  describe(`qemu:${kind.name}`, () => {
    it("finds nothing but what is known, and sees stale answers", async ({ skip }) => {
      if (!found.ok) return skip(found.detail);
      await onUnit(kind, found, async (runner) => {
        const findings: string[] = [];
        await fuzzTarget("smoke", runner, {
          seed: "smoke",
          commands: 6_000,
          onFound: ({ failure }) => findings.push(failure.trouble ?? failure.violation.property) === 0,
        });
        expect(findings).toEqual([]);
        expect(runner.stale).toBeGreaterThan(20);
        expect(runner.translations).toBeGreaterThan(1_000);
      });
    });

    it("answers a sequence as a fresh QEMU does, whatever ran before", async ({ skip }) => {
      if (!found.ok) return skip(found.detail);
      const sequences = sampleGenes(7, 6);
      const answersOf = (runner: TargetRunner, genes: number[]): unknown => {
        runner.judge(runner.sendGenes(genes));
        return runner.answers;
      };
      const fresh: unknown[] = [];
      for (const genes of sequences) fresh.push(await onUnit(kind, found, (runner) => answersOf(runner, genes)));
      const used = await onUnit(kind, found, (runner) => {
        disturb(runner, 1, 30);
        return sequences.map((genes) => {
          disturb(runner, 2, 3);
          return answersOf(runner, genes);
        });
      });
      expect(used).toEqual(fresh);
      expect(fresh.flat()).toContain(8);
    });

    it("has the tables of the start state in memory after a reset", async ({ skip }) => {
      if (!found.ok) return skip(found.detail);
      const geometry = geometryOf(kind.geometry);
      const machine = new Machine({ ...rulesOf(kind), strategies: [], geometry });
      const words = Array.from({ length: geometry.hostPages * geometry.pageEntries }, (_, word) => word);
      const seen: bigint[][] = [];
      let unit: Driver | null = null;
      const addresses = (driver: Driver): number[] => {
        unit = driver;
        return words.map(
          (word) => driver.map.hostAddress(Math.floor(word / geometry.pageEntries)) + (word % geometry.pageEntries) * 8,
        );
      };
      await onUnit(kind, found, (runner) => disturb(runner, 3, 12), readingBack(seen, addresses));
      const firstTable = geometry.vms * geometry.guestPages;
      const start = words.map((word) => {
        const stage = Math.floor(word / geometry.pageEntries) >= firstTable ? 2 : 1;
        return unit!.entry(stage, machine.state[machine.world.memory + word]!);
      });
      expect(seen.length).toBe(12);
      for (const now of seen) expect(now).toEqual(start);
    });

    it("is caught when it is a walk that is stale, and by the page that it names", async ({ skip }) => {
      if (!found.ok) return skip(found.detail);
      await onUnit(kind, found, (runner) => {
        const stale = "dma r c0 i0; w g4[0]=leaf g9 rw; dma r c0 i0";
        expect(runner.runCommands(commandsOf(stale))).toBeNull();
        expect(runner.answers).toEqual([8, 8]);
        const done = `${stale}; inv iotlb d0 p0 i0; fence; dma r c0 i0`;
        expect(runner.runCommands(commandsOf(done))).toBeNull();
        expect(runner.answers.at(-1)).toBe(9);
      });
    });
  });
}
