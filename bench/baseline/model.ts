/**
 * The two sides of the model-based test: the model (world, oracle, ledger) and the unit under test (the strategies).
 */

import type { Architecture, Contract } from "../../rules/vocabulary.js";
import type { WriteEntry, WriteStage2 } from "./commands.js";
import { Envelope } from "./envelope.js";
import { Hardware } from "./hardware.js";
import { Ledger } from "./ledger.js";
import { type Walk, type Walks, walkAll } from "./oracle.js";
import { type Invalidation, requestKey, SHAPE } from "./records.js";
import { Shadow } from "./shadow.js";
import { type Change, World } from "./world.js";

export interface Rules {
  architecture: Architecture;
  contract: Contract;
  /** Strategies besides the oracle. */
  strategies: ReadonlySet<"hardware" | "envelope" | "shadow">;
}

/** What the specification says: memory as it is, and what software owes. */
export class Model {
  readonly world = new World();
  readonly ledger: Ledger;
  readonly pending: Invalidation[] = [];
  /** The entry that was written last, for the command that writes it once more. */
  lastWrite: WriteEntry | WriteStage2 | null = null;
  walks: Walks;

  constructor(readonly rules: Rules) {
    this.walks = walkAll(this.world);
    this.ledger = new Ledger(rules.architecture, rules.contract, this.world, this.walks);
  }

  walk(context: number, page: number): Walk {
    return this.walks.get(requestKey(context, page))!;
  }
}

/** The strategies; each is there or not. */
export class Strategies {
  readonly hardware: Hardware | null;
  readonly envelope: Envelope | null;
  readonly shadow: Shadow | null;

  constructor({ rules, world }: Model) {
    const { architecture, strategies } = rules;
    this.hardware = strategies.has("hardware") ? new Hardware(architecture, world) : null;
    this.envelope = strategies.has("envelope") ? new Envelope(architecture, world) : null;
    this.shadow = strategies.has("shadow") ? new Shadow(architecture, world) : null;
  }
}

export function setUp(rules: Rules): { model: Model; real: Strategies } {
  const model = new Model(rules);
  return { model, real: new Strategies(model) };
}

/** Applies a change of memory to everything; `null` is a no-op. */
export function change(model: Model, real: Strategies, planned: Change | null): void {
  if (planned === null) return;
  const before = model.walks;
  model.world.apply(planned);
  model.walks = walkAll(model.world);
  model.ledger.changed(planned, before, model.walks);
  if (planned.stage === 2) real.shadow?.stage2Changed(planned);
  real.envelope?.changed();
}

export function submit(model: Model, real: Strategies, command: Invalidation): void {
  if (model.pending.length === SHAPE.queue) fence(model, real);
  model.pending.push(command);
  model.ledger.submitted(command);
  real.envelope?.submitted(command);
}

export function fence(model: Model, real: Strategies): void {
  for (const command of model.pending) real.hardware?.execute(command);
  real.shadow?.fenced(model.pending);
  real.envelope?.fenced();
  model.pending.length = 0;
  model.ledger.fenced();
}
