/**
 * What would serve an open duty next: the command that a driver which keeps the contract would send.
 *
 * For the current stage of a duty it looks for a form of command (kind, which operands are given, leaf-only or not)
 * that covers a scope in full, and fills in the duty's tags and pages; with nothing left to cover it is the fence.
 * Which forms cover a scope depends on the rule and the architecture alone, so they are found once and kept. The choice
 * among them is the caller's digit: the narrow form and the wide one both occur.
 */

import { ANY, KIND, NO_DOMAIN, RANGE, STRIDE, slots } from "../commands/command.js";
import { DUTY, FLAG_LIMIT } from "../models/duty.js";
import type { Machine } from "../models/machine.js";
import { INVALIDATION_KINDS } from "../rules/vocabulary.js";

const I = slots("invalidate");

interface Form {
  kind: number;
  domain: "tag" | "none" | "any";
  process: boolean;
  requester: boolean;
  address: boolean;
  leaf: boolean;
}

const FORMS: readonly Form[] = INVALIDATION_KINDS.flatMap((_, kind) =>
  (["tag", "none", "any"] as const).flatMap((domain) =>
    [true, false].flatMap((process) =>
      [true, false].flatMap((requester) =>
        [true, false].flatMap((address) =>
          [true, false].map((leaf) => ({ kind, domain, process, requester, address, leaf })),
        ),
      ),
    ),
  ),
);

/** Larger for a command that leaves more alone. */
function narrowness({ domain, process, requester, address, leaf }: Form): number {
  return (address ? 16 : 0) + (domain === "any" ? 0 : 8) + (process ? 4 : 0) + (leaf ? 2 : 0) + (requester ? 1 : 0);
}

export class Discharger {
  private readonly known = new Map<number, readonly Form[]>();
  private readonly scratch = new Float64Array(STRIDE);
  private readonly open: number[] = [];

  constructor(private readonly machine: Machine) {}

  /**
   * Writes the next command of the duty that `choice` picks into `into`; false if no duty is open or none can be
   * served.
   */
  readonly next = (choice: number, into: Float64Array): boolean => {
    const { ledger, state } = this.machine;
    const count = this.listOpen();
    if (count === 0) return false;
    const number = this.open[choice % count]!;
    const scope = ledger.openScope(state, number);
    if (scope < 0) {
      into.fill(0, 0, STRIDE);
      into[0] = KIND.fence;
      return true;
    }
    const forms = this.formsFor(number, scope);
    if (forms.length === 0) return false;
    this.write(forms[Math.floor(choice / count) % forms.length]!, number, scope, into);
    return true;
  };

  /** Lists in `open` the duties that a command can serve now; their number. */
  private listOpen(): number {
    const { ledger, state } = this.machine;
    let count = 0;
    for (let number = 0; number < ledger.dutyCount(state); number++) {
      if (!ledger.isHeldBack(state, number)) this.open[count++] = number;
    }
    return count;
  }

  private formsFor(number: number, scope: number): readonly Form[] {
    const { ledger, state } = this.machine;
    const rule = ledger.duty(state, number, DUTY.rule);
    const stage = ledger.duty(state, number, DUTY.stage);
    const key = ((rule * 16 + stage) * 16 + scope) * FLAG_LIMIT + ledger.duty(state, number, DUTY.flags);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const forms = FORMS.filter((form) => {
      this.write(form, number, scope, this.scratch);
      return ledger.wouldCover(state, number, scope, this.machine.queue.preview(this.scratch, 0));
    });
    // A handful is variety enough, from the narrowest to the widest.
    const sorted = forms.sort((a, b) => narrowness(b) - narrowness(a));
    const places = [0, 1, sorted.length / 3, (2 * sorted.length) / 3, sorted.length - 1].map(Math.floor);
    const kept = [...new Set(places)].filter((place) => place >= 0).flatMap((place) => sorted[place] ?? []);
    this.known.set(key, kept);
    return kept;
  }

  private write(form: Form, number: number, scope: number, into: Float64Array): void {
    const { ledger, state, geometry } = this.machine;
    into.fill(0, 0, STRIDE);
    into[0] = KIND.invalidate;
    into[I.invalidation] = form.kind;
    into[I.host] = ledger.byHost(state, number) ? 1 : 0;
    into[I.domain] =
      form.domain === "tag" ? ledger.duty(state, number, DUTY.domain) : form.domain === "none" ? NO_DOMAIN : ANY;
    into[I.process] = form.process ? ledger.duty(state, number, DUTY.process) : ANY;
    into[I.requester] = form.requester ? ledger.duty(state, number, DUTY.context) : ANY;
    into[I.leaf] = form.leaf ? 1 : 0;
    if (!form.address) return;
    const isStage2 = ledger.duty(state, number, DUTY.firstGuestPage) >= 0;
    const paths = isStage2 ? geometry.guest : geometry.iova;
    const [first, last] = ledger.openUnits(state, number, scope);
    into[I.form] = RANGE.count;
    into[I.base] = paths.pages[first]!;
    into[I.size] = paths.pages[last]! - paths.pages[first]! + 1;
  }
}
