/**
 * The pages that mean something in a geometry and its start state, for the generator.
 */

import type { Palette } from "../commands/arbitrary.js";
import type { Geometry } from "../models/geometry.js";
import { startPlans } from "../models/start.js";

export function paletteOf(geometry: Geometry): Palette {
  const plans = startPlans(geometry);
  const tables = Array.from({ length: geometry.stage1.levels }, (_, depth) => [
    ...new Set(plans.map((plan) => plan.tables[Math.min(depth, plan.tables.length - 1)]!)),
  ]);
  const used = new Set(tables.flat());
  const all = Array.from({ length: geometry.guestPages }, (_, page) => page);
  const mapped = [...new Set(plans.flatMap((plan) => plan.data))];
  const free = all.filter((page) => !used.has(page) && !mapped.includes(page));
  // The last free pages may become tables; the ones before them are data.
  const spare = free.slice(-2);
  const firstSpare = geometry.vms * geometry.guestPages + geometry.vms * (1 + geometry.guest.prefixCount);
  const hosts = Array.from({ length: geometry.hostPages - firstSpare }, (_, at) => firstSpare + at);
  return {
    limits: geometry.limits,
    tables,
    spare,
    data: [...mapped, ...free.slice(0, Math.max(1, free.length - 2)).slice(-4)],
    contexts: plans.map((plan) => ({ ...plan, root: plan.tables[0]! })),
    iova: geometry.iova.pages,
    freeHost: hosts.length > 0 ? hosts : [geometry.hostPages - 1],
    stage2Superpage: geometry.stage2.entries,
  };
}
