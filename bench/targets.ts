/**
 * How fast the units of QEMU are searched: commands a second of the clock; translations among them, and the share of
 * the time spent waiting for answers.
 *
 * In a round every unit that is installed has its turn. QEMU runs beside the search, on a core of its own where there
 * is one.
 */

import { geometryOf } from "../models/geometry.js";
import { allContexts } from "../models/start.js";
import { fuzzTarget } from "../search/target-fuzz.js";
import { TargetRunner } from "../search/target-runner.js";
import type { UnitKind } from "../targets/driver.js";
import { QemuTarget } from "../targets/qemu.js";
import type { Target } from "../targets/target.js";
import { departuresOf, installed, rulesOf, UNITS } from "../targets/units.js";
import { leavingOut } from "../targets/without.js";
import { median, rowsOf } from "./rounds.js";
import type { Pace, Row } from "./subject.js";

interface Round {
  /** A second. */
  commands: number;
  translations: number;
  /** Share of the time in which the search waits for QEMU, 0 to 1. */
  waiting: number;
}

export async function measureTargets({ rounds, milliseconds }: Pace): Promise<Row[]> {
  const units = UNITS.flatMap((kind) => {
    const found = installed(kind);
    return found.ok ? [{ kind, found, measured: [] as Round[] }] : [];
  });
  for (let round = 0; round <= rounds; round++) {
    for (const { kind, found, measured } of units) {
      const one = await measure(kind, found.binary, found.version, round, milliseconds);
      // The first warms up.
      if (round > 0) measured.push(one);
    }
  }
  const subjects = units.map(({ kind, found, measured }) => ({
    name: `${kind.name}, QEMU ${found.version}`,
    unit: "commands/s" as const,
    clock: "wall" as const,
    details: () => ({
      translations: Math.round(median(measured.map(({ translations }) => translations))),
      waiting: median(measured.map(({ waiting }) => waiting)),
    }),
  }));
  const figures = units.map(({ measured }, at): [string, number[]] => [
    subjects[at]!.name,
    measured.map(({ commands }) => commands),
  ]);
  return rowsOf(subjects, new Map(figures));
}

async function measure(
  kind: UnitKind,
  binary: string,
  version: string,
  round: number,
  milliseconds: number,
): Promise<Round> {
  const clock = { waited: 0 };
  const target = timed(leavingOut(new QemuTarget(kind, binary, version), departuresOf(kind)), clock);
  const geometry = geometryOf(kind.geometry);
  const runner = new TargetRunner(rulesOf(kind), target, geometry, allContexts(geometry));
  const begun = performance.now();
  const time = (): number => performance.now() - begun;
  await fuzzTarget(kind.name, runner, {
    seed: `bench ${round}`,
    commands: Number.POSITIVE_INFINITY,
    shouldStop: () => time() > milliseconds,
    onFound: ({ failure }) => {
      throw new Error(`${kind.name}: step ${failure.step + 1} is a finding: ${failure.violation.property}`);
    },
  });
  const seconds = time() / 1000;
  target.close();
  return {
    commands: runner.commandCount / seconds,
    translations: runner.translations / seconds,
    waiting: clock.waited / 1000 / seconds,
  };
}

/** The time in which answers are waited for is counted. */
function timed(target: Target, clock: { waited: number }): Target {
  return {
    info: target.info,
    accepts: (sequence, at) => target.accepts(sequence, at),
    begin(machine, start) {
      const run = target.begin(machine, start);
      return {
        step: (sequence, at) => run.step(sequence, at),
        send: () => run.send(),
        finish() {
          const from = performance.now();
          const answers = run.finish();
          clock.waited += performance.now() - from;
          return answers;
        },
      };
    },
    restart: () => target.restart(),
    close: () => target.close(),
  };
}
