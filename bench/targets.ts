/**
 * How fast the units of QEMU are searched: commands a second of the clock, and the share of it spent waiting for
 * answers.
 *
 * Medians of five rounds; in a round every unit that is installed has its turn. QEMU runs beside the search, on a core
 * of its own where there is one.
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

const ROUNDS = 5;

export interface TargetSpeed {
  unit: string;
  version: string;
  commandsPerSecond: number;
  translationsPerSecond: number;
  /** Share of the time in which the search waits for QEMU, 0 to 1. */
  waiting: number;
}

interface Round {
  commands: number;
  translations: number;
  waiting: number;
}

/** `milliseconds`: of the clock, one unit in one round. */
export async function measureTargets(milliseconds: number): Promise<TargetSpeed[]> {
  const units = UNITS.flatMap((kind) => {
    const found = installed(kind);
    return found.ok ? [{ kind, found, rounds: [] as Round[] }] : [];
  });
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { kind, found, rounds } of units) {
      const measured = await measure(kind, found.binary, found.version, round, milliseconds);
      // The first warms up.
      if (round > 0) rounds.push(measured);
    }
  }
  return units.map(({ kind, found, rounds }) => ({
    unit: kind.name,
    version: found.version,
    commandsPerSecond: Math.round(median(rounds.map(({ commands }) => commands))),
    translationsPerSecond: Math.round(median(rounds.map(({ translations }) => translations))),
    waiting: median(rounds.map(({ waiting }) => waiting)),
  }));
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

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

export function targetsText(speeds: readonly TargetSpeed[]): string {
  if (speeds.length === 0) return "QEMU is not installed: no unit was measured";
  const rows = speeds.map(
    ({ unit, version, commandsPerSecond, translationsPerSecond, waiting }) =>
      `  ${unit.padEnd(16)} ${version.padEnd(8)} ${column(commandsPerSecond)} ${column(translationsPerSecond)}` +
      `   ${(waiting * 100).toFixed(0).padStart(3)}%`,
  );
  const head = `  ${"unit".padEnd(16)} ${"QEMU".padEnd(8)} ${"commands".padStart(9)} ${"of them".padStart(9)}`;
  return [
    `units of QEMU, commands a second of the clock (medians of ${ROUNDS} rounds; translations; share spent waiting)`,
    head,
    ...rows,
  ].join("\n");
}

function column(value: number): string {
  return value.toLocaleString("en").padStart(9);
}
