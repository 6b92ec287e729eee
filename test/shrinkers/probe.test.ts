import { it } from "vitest";
import { shrink } from "../../shrinkers/shrink.js";
import { failingCells, failingStarts, printCandidate } from "./cells.js";

it("probe", () => {
  const only = (process.env.CELLS ?? "").split(",").filter(Boolean);
  for (const cell of failingCells()) {
    if (only.length && !only.includes(cell.id)) continue;
    const starts = failingStarts(cell, Number(process.env.N ?? 20), Number(process.env.RUNS ?? 300));
    const results = new Map<string, { n: number; tries: number; ms: number; maxTries: number }>();
    const pass = new Map<string, [number, number]>();
    for (const s of starts) {
      const t0 = performance.now();
      const r = shrink(s.candidate, s.fails, s.limits);
      const key = `${s.kind} | ${printCandidate(r.candidate)}`;
      const e = results.get(key) ?? { n: 0, tries: 0, ms: 0, maxTries: 0 };
      e.n++;
      e.tries += r.report.tries;
      e.ms += performance.now() - t0;
      e.maxTries = Math.max(e.maxTries, r.report.tries);
      results.set(key, e);
      for (const p of r.report.passes) {
        const q = pass.get(p.name) ?? [0, 0];
        q[0] += p.tries;
        q[1] += p.successes;
        pass.set(p.name, q);
      }
    }
    console.log(`\n${cell.id}: ${results.size} results of ${starts.length}`);
    for (const [k, e] of [...results].sort((a, b) => b[1].n - a[1].n))
      console.log(
        `  ${e.n} x ${k}  tries ${Math.round(e.tries / e.n)} (max ${e.maxTries}) ${Math.round(e.ms / e.n)} ms`,
      );
    console.log("   ", JSON.stringify([...pass]));
  }
}, 1e6);
