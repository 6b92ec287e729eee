// A strategy of one's own under nestfuzz's search: a shadow of stage 1 that takes in a page when it is first asked for
// it. strategy.test.ts holds it against the unit `tiny`.
import { type Command, defineStrategy, type Permission, type Tables } from "nestfuzz";

interface Leaf {
  guest: number;
  permission: Permission;
}

const READ = 1;
const WRITE = 2;

export interface Habits {
  /** Whether an invalidation of the guest reaches the shadow. */
  hears(command: Command): boolean;
  /** Whether it remembers that there was no translation. */
  keepsAbsence: boolean;
}

export const lazyShadow = ({ hears, keepsAbsence }: Habits) =>
  defineStrategy({
    name: "lazy-shadow",
    create(tables: Tables) {
      const leaves = new Map<string, Leaf | null>();
      const leafOf = (context: number, iova: number): Leaf | null => {
        const key = `${context} ${iova}`;
        const kept = leaves.get(key);
        if (kept !== undefined) return kept;
        const leaf = tables.stage1(context, iova);
        if (leaf !== null || keepsAbsence) leaves.set(key, leaf);
        return leaf;
      };
      return {
        step(command) {
          if (command.kind === "invalidate" && hears(command)) leaves.clear();
        },
        translate(context, iova, access) {
          const leaf = leafOf(context, iova);
          const entry = tables.context(context);
          if (leaf === null || entry === null) return "fault";
          // Stage 2 is the host's own, so it is never out of date here.
          const page = tables.stage2(entry.vm, leaf.guest);
          if (page === null) return "fault";
          const permission = leaf.permission & page.permission;
          return (permission & (access === "r" ? READ : WRITE)) !== 0 ? page.host : "fault";
        },
      };
    },
  });
