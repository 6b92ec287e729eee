/**
 * Which host pages each context may legally reach: what its VM's stage 2 maps now, or mapped at some time since the
 * context last was without open duties.
 *
 * Follows the design page, section 5 (Isolation). Whose stage 2: also that of a VM under whose tags an open duty
 * stands, and of all who share its domains, since their results may be met until the duty is done.
 */

import { TRANSITIONS } from "../rules/vocabulary.js";
import { CONFLICT, DUTY, type Duties } from "./duty.js";
import type { Geometry } from "./geometry.js";
import type { Layout } from "./layout.js";
import { contextClass, contextDomain, contextVm, PRESENT, valuePage } from "./values.js";
import type { World } from "./world.js";

export class Reach {
  /** By context: a mask of host pages. */
  private readonly at: number;
  private readonly words: number;
  /** By VM: what its stage 2 maps. Computed from the world. */
  readonly mapped: Int32Array;

  constructor(
    layout: Layout,
    private readonly geometry: Geometry,
    private readonly world: World,
    private readonly duties: Duties,
  ) {
    this.words = (geometry.hostPages + 31) >> 5;
    this.at = layout.plain("reach", geometry.contexts * this.words);
    this.mapped = new Int32Array(geometry.vms * this.words);
  }

  reset(state: Int32Array): void {
    state.fill(0, this.at, this.at + this.geometry.contexts * this.words);
  }

  /** For searches: leaves of what was in reach the pages in `pages`, a bit each. */
  keepOnly(state: Int32Array, pages: Int32Array): void {
    const end = this.at + this.geometry.contexts * this.words;
    for (let word = this.at; word < end; word++) state[word]! &= pages[(word - this.at) % this.words]!;
  }

  /**
   * Whether a VM whose results the context may meet maps host page `host`, or did while the context had open duties.
   */
  couldReach(state: Int32Array, context: number, host: number): boolean {
    return ((state[this.at + context * this.words + (host >> 5)]! >>> (host & 31)) & 1) === 1;
  }

  /** Whether the stage 2 of the context's VM maps host page `host` now. */
  mapsNow(state: Int32Array, context: number, host: number): boolean {
    const entry = state[this.world.contexts + context]!;
    if (contextClass(entry) !== PRESENT) return false;
    return ((this.mapped[contextVm(entry) * this.words + (host >> 5)]! >>> (host & 31)) & 1) === 1;
  }

  /** While a context has open duties, what was mapped stays within reach, and so does what its domains' users reach. */
  note(state: Int32Array): void {
    const { geometry, words } = this;
    for (let context = 0; context < geometry.contexts; context++) {
      const present = contextClass(state[this.world.contexts + context]!) === PRESENT;
      let vms = present ? 1 << contextVm(state[this.world.contexts + context]!) : 0;
      const owes = this.owedDomains(state, context) !== 0;
      vms |= this.owedVms;
      const into = this.at + context * words;
      for (let word = 0; word < words; word++) {
        // A stage-2 table that is out of use may be used for anything before its removal is complete.
        if (this.owesTable) {
          state[into + word] = -1;
          continue;
        }
        let now = owes ? state[into + word]! : 0;
        for (let vm = 0; vm < geometry.vms; vm++) if ((vms & (1 << vm)) !== 0) now |= this.mapped[vm * words + word]!;
        state[into + word] = now;
      }
    }
    if (this.duties.dutyCount(state) !== 0) this.shareReach(state);
  }

  private shareReach(state: Int32Array): void {
    const { geometry, words } = this;
    for (let context = 0; context < geometry.contexts; context++) {
      const domains = this.owedDomains(state, context);
      if (domains === 0) continue;
      for (let other = 0; other < geometry.contexts; other++) {
        const entry = state[this.world.contexts + other]!;
        const used = contextClass(entry) === PRESENT ? 1 << contextDomain(entry) : 0;
        if (other === context || ((used | this.owedDomains(state, other)) & domains) === 0) continue;
        for (let word = 0; word < words; word++) {
          state[this.at + context * words + word]! |= state[this.at + other * words + word]!;
        }
      }
    }
  }

  /**
   * The domains of a context's open duties, a bit each; leaves their VMs in `owedVms`, and whether a stage-2 table is
   * owed.
   */
  owedDomains(state: Int32Array, context: number): number {
    const count = this.duties.dutyCount(state);
    let domains = 0;
    this.owedVms = 0;
    this.owesTable = false;
    for (let number = 0; number < count; number++) {
      if (this.duties.duty(state, number, DUTY.context) !== context) continue;
      domains |= 1 << this.duties.duty(state, number, DUTY.domain);
      this.owedVms |= 1 << this.duties.duty(state, number, DUTY.vm);
      const rule = this.duties.duty(state, number, DUTY.rule);
      if (rule !== CONFLICT && TRANSITIONS[rule]!.stage === 2 && TRANSITIONS[rule]!.level === "table")
        this.owesTable = true;
    }
    return domains;
  }
  private owedVms = 0;
  private owesTable = false;

  /** The host pages that each VM's stage 2 maps. */
  refreshMapped(state: Int32Array): void {
    const { geometry, mapped, words } = this;
    mapped.fill(0);
    for (let vm = 0; vm < geometry.vms; vm++) {
      for (let page = 0; page < geometry.guestPages; page++) {
        const value = this.world.translate(state, vm, page);
        if ((value & 3) !== PRESENT) continue;
        const host = valuePage(value);
        mapped[vm * words + (host >> 5)]! |= 1 << (host & 31);
      }
    }
  }
}
