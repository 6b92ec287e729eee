/** Plants on the way of a command: software sends what is due, and something else arrives. */

import { ANY, CONTEXT_STATE, type CommandKind, RANGE, slots } from "../../../commands/command.js";
import { DUTY, oldSpan } from "../../../models/duty.js";
import type { Machine } from "../../../models/machine.js";
import { contextClass, contextDomain, contextVm } from "../../../models/values.js";
import { INVALIDATION_KINDS, type InvalidationKind, TRANSITIONS } from "../../../rules/vocabulary.js";
import { insideSets, onReset, onStep, type Plant } from "./inside.js";
import { lose, type Sent, wireOf } from "./wire.js";

/** Which commands a plant is about; all of what is given must hold. */
export interface Where {
  kind?: InvalidationKind;
  sender?: "guest" | "host";
  domain?: number;
  process?: number;
  requester?: number;
  /** With an address, or without. */
  address?: boolean;
  when?: (sent: Sent, machine: Machine) => boolean;
}

function isWhere(where: Where, sent: Sent, machine: Machine): boolean {
  const is = <T>(due: T | undefined, seen: T): boolean => due === undefined || due === seen;
  return (
    is(where.kind, INVALIDATION_KINDS[sent.invalidation]) &&
    is(where.sender, sent.host === 1 ? "host" : "guest") &&
    is(where.domain, sent.domain) &&
    is(where.process, sent.process) &&
    is(where.requester, sent.requester) &&
    is(where.address, sent.form !== RANGE.all) &&
    (where.when?.(sent, machine) ?? true)
  );
}

/** The same commands, of those that `when` takes too. */
const also = (where: Where, when: NonNullable<Where["when"]>): Where => ({
  ...where,
  when: (sent, machine) => (where.when?.(sent, machine) ?? true) && when(sent, machine),
});

/** Commands do not arrive: every one, or every n-th of a run. */
export const lost =
  (where: Where, every = 1): Plant =>
  (machine) => {
    let seen = 0;
    onReset(machine, () => {
      seen = 0;
    });
    wireOf(machine).fates.push((sent) => (isWhere(where, sent, machine) && ++seen % every === 0 ? "lost" : "arrives"));
  };

/** Commands execute at the fence after their own: with no `where` a fence that does not wait. */
export const delayed =
  (where: Where = {}): Plant =>
  (machine) => {
    wireOf(machine).fates.push((sent) => (isWhere(where, sent, machine) ? "late" : "arrives"));
  };

/** Commands arrive with other operands. */
export const altered =
  (where: Where, alter: (sent: Sent, machine: Machine) => void): Plant =>
  (machine) => {
    wireOf(machine).fates.push((sent) => {
      if (isWhere(where, sent, machine)) alter(sent, machine);
      return "arrives";
    });
  };

/** Commands arrive under other tags. */
export const retagged = (
  where: Where,
  tags: Partial<Pick<Sent, "domain" | "process" | "requester" | "requesterMask">>,
): Plant => altered(where, (sent) => Object.assign(sent, tags));

/** Of a range of pages only the first arrives. */
export const narrowed = (where: Where): Plant =>
  altered({ ...where, address: true }, (sent) => {
    sent.form = RANGE.count;
    sent.size = 1;
  });

/** A count becomes a mask, of the next power of two (`up`) or the one before (`down`), on an address that is not aligned. */
export const countAsMask = (where: Where, round: "up" | "down"): Plant =>
  altered(
    also(where, (sent) => sent.form === RANGE.count && sent.size > 0),
    (sent) => {
      sent.form = RANGE.mask;
      sent.size = round === "up" ? Math.ceil(Math.log2(sent.size)) : Math.floor(Math.log2(sent.size));
    },
  );

const D = slots("dma");
const N = slots("prefetch");
const REQUESTS: readonly CommandKind[] = ["dma", "prefetch", "walk-start"];

/** Context and IOVA page of the last request, while a run lasts. */
function lastRequest(machine: Machine): { context: number; iova: number } {
  const last = { context: -1, iova: -1 };
  onReset(machine, () => {
    last.context = -1;
    last.iova = -1;
  });
  onStep(machine, (kind, sequence, from) => {
    if (!REQUESTS.includes(kind)) return;
    last.context = sequence[from + (kind === "dma" ? D.context : N.context)]!;
    last.iova = sequence[from + (kind === "dma" ? D.iova : N.iova)]!;
  });
  return last;
}

/** A command takes its address from the last request, not from its own operand. */
export const latched =
  (where: Where): Plant =>
  (machine) => {
    const last = lastRequest(machine);
    altered({ ...where, address: true }, (sent) => {
      if (last.iova < 0) return;
      sent.form = RANGE.count;
      sent.base = last.iova;
      sent.size = 1;
    })(machine);
  };

/** A command takes its domain from the context that made the last request: the tag that is loaded. */
export const underCurrentTag =
  (where: Where): Plant =>
  (machine) => {
    const last = lastRequest(machine);
    altered(where, (sent) => {
      const entry = entryOf(machine, last.context);
      if (last.context >= 0 && sent.domain >= 0 && contextClass(entry) === CONTEXT_STATE.present)
        sent.domain = contextDomain(entry);
    })(machine);
  };

export function entryOf(machine: Machine, context: number): number {
  return context < 0 ? 0 : machine.state[machine.world.contexts + context]!;
}

/** The context entries that are present now. */
export function presentEntries(machine: Machine): number[] {
  return Array.from({ length: machine.geometry.contexts }, (_, context) => entryOf(machine, context)).filter(
    (entry) => contextClass(entry) === CONTEXT_STATE.present,
  );
}

/** Commands for a domain that nobody uses now go to the domain of the first context that is attached. */
export const retiredTagsForgotten = (where: Where): Plant =>
  altered(where, (sent, machine) => {
    const used = presentEntries(machine).map(contextDomain);
    if (sent.domain >= 0 && used.length > 0 && !used.includes(sent.domain)) sent.domain = used[0]!;
  });

/** Commands for a domain that lies over a VM go to the domain with the VM's own number: the parent's. */
export const toParentDomain = (where: Where): Plant =>
  altered(where, (sent, machine) => {
    const user = presentEntries(machine).find((entry) => contextDomain(entry) === sent.domain);
    if (user !== undefined) sent.domain = contextVm(user);
  });

/** Commands come to nothing while all that stage 1 and contexts owe is for changes of one kind. */
export const lostFor = (where: Where, change: (typeof TRANSITIONS)[number]["change"]): Plant =>
  lost(
    also(where, ({ host }, { ledger, state }) => {
      const owed = Array.from({ length: ledger.dutyCount(state) }, (_, at) => ledger.duty(state, at, DUTY.rule))
        .map((rule) => TRANSITIONS[rule])
        .filter((row) => host === 1 || row?.stage !== 2);
      return owed.length > 0 && owed.every((row) => row?.change === change);
    }),
  );

/** After a stage-2 write that cannot be done, the host's commands come to nothing up to the next fence. */
export const lostAfterFailure =
  (where: Where): Plant =>
  (machine) => {
    let failed = false;
    onReset(machine, () => {
      failed = false;
    });
    onStep(machine, (kind) => {
      if (machine.note.fenced) failed = false;
      if ((kind === "stage2" || kind === "move") && !machine.note.wrote) failed = true;
    });
    lost(also(where, () => failed))(machine);
  };

/** A pending command of one kind is lost when one of another kind follows with no fence between. */
export const lostBefore =
  (first: InvalidationKind, second: InvalidationKind): Plant =>
  (machine) => {
    wireOf(machine).fates.push((sent) => {
      if (INVALIDATION_KINDS[sent.invalidation] !== second) return "arrives";
      const { queue, state } = machine;
      for (let slot = 0; slot < queue.count(state); slot++) {
        if (INVALIDATION_KINDS[queue.pending[slot]!.kind] === first) undo(machine, slot);
      }
      return "arrives";
    });
  };

/** Takes a pending command back: in the envelope, too, everything lives on beyond it. */
function undo(machine: Machine, slot: number): void {
  const { queue, state } = machine;
  lose(queue.pending[slot]!);
  const sets = insideSets(machine);
  if (sets === null) return;
  for (let record = 0; record < state[sets.pool]!; record++) {
    const at = sets.pool + 1 + record * 7;
    state[at + 4]! |= 1 << slot;
    state[at + 2] = sets.close(state[at + 2]!, state[at + 4]!, 0, queue.count(state));
  }
  machine.envelope!.forget();
}

/** A mask over the requester is read the wrong way round. */
export const maskNotInverted = (where: Where): Plant =>
  altered(where, (sent) => {
    sent.requesterMask = ~sent.requesterMask;
  });

// --- habits of drivers, harmless on a right unit --------------------------------------------------------------------

/** Two functions of one device, c0 and c1, c2 and c3, are named together by a mask. */
export const functionsTogether = (where: Where): Plant =>
  altered(
    also(where, (sent) => sent.requester !== ANY),
    (sent) => {
      sent.requester &= ~1;
      sent.requesterMask |= 1;
    },
  );

/** The driver sends a range together with the pages before it, from page `from(base)` on. */
export const gathered = (where: Where, from: (base: number) => number): Plant =>
  altered(
    also(where, (sent) => sent.form === RANGE.count),
    (sent) => {
      const base = from(sent.base);
      sent.size += sent.base - base;
      sent.base = base;
    },
  );

/** For a superpage the address of its first page is sent; where more than that is owed in the range, it stays whole. */
export const oneAddressPerLeaf = (where: Where): Plant =>
  narrowed(
    also(where, (sent, { ledger, state }) => {
      const owed = Array.from({ length: ledger.dutyCount(state) }, (_, at) => at).filter((at) => {
        const isOfDomain = sent.domain === ANY || sent.domain === ledger.duty(state, at, DUTY.domain);
        // Spaces of up to 32 pages: one word.
        const range = (2 ** sent.size - 1) << sent.base;
        return isOfDomain && (ledger.duty(state, at, DUTY.pages) & range) !== 0;
      });
      const isHarmless = owed.every((at) => {
        const row = TRANSITIONS[ledger.duty(state, at, DUTY.rule)];
        const isSuper = row?.level === "leaf" && oldSpan(ledger.duty(state, at, DUTY.flags)) > 0;
        return row?.stage === 2 || isSuper;
      });
      return sent.form === RANGE.count && isHarmless;
    }),
  );

/** An address that has no meaning in a command is left as it was in the one before. */
export const leftoverAddress =
  (where: Where): Plant =>
  (machine) => {
    let before = 0;
    onReset(machine, () => {
      before = 0;
    });
    wireOf(machine).fates.push((sent) => {
      if (isWhere(where, sent, machine)) Object.assign(sent, { form: RANGE.count, base: before, size: 1 });
      else if (sent.form !== RANGE.all && INVALIDATION_KINDS[sent.invalidation] === where.kind) before = sent.base;
      return "arrives";
    });
  };
