/**
 * The commands as the fast-check guide has them: one class each, with `check`, `run` and `toString`.
 *
 * No command has a precondition: what cannot be done is a no-op. Every one ends with the four properties. Left out are
 * walks in flight that other commands split (`walk-start`, `walk-end`): the unit of this baseline walks in one go.
 */

import type fc from "fast-check";
import { change, fence, type Model, type Strategies, submit } from "./model.js";
import { checkAll } from "./properties.js";
import { type ContextEntry, type Entry, type Invalidation, NO_ENTRY, SHAPE } from "./records.js";
import { nextFor } from "./serve.js";

export type ModelCommand = fc.Command<Model, Strategies>;

abstract class Step implements ModelCommand {
  check(): boolean {
    return true;
  }

  run(model: Model, real: Strategies): void {
    this.apply(model, real);
    checkAll(model, real);
  }

  abstract apply(model: Model, real: Strategies): void;
  abstract toString(): string;
}

export class WriteEntry extends Step {
  constructor(
    readonly vm: number,
    readonly page: number,
    readonly index: number,
    readonly entry: Entry,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    model.lastWrite = this;
    change(model, real, model.world.planWrite(this.vm, this.page, this.index, this.entry));
  }

  toString(): string {
    return `w d${this.vm} g${this.page}[${this.index}]=${entryText(this.entry, "g")}`;
  }
}

export class WriteStage2 extends Step {
  constructor(
    readonly vm: number,
    readonly page: number,
    readonly entry: Entry,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    model.lastWrite = this;
    change(model, real, model.world.planStage2(this.vm, this.page, this.entry));
  }

  toString(): string {
    return `s2 v${this.vm} g${this.page}=${entryText(this.entry, "h")}`;
  }
}

/** The entry that was written last, once more with another class or other permissions. */
export class WriteAgain extends Step {
  constructor(
    readonly kind: "keep" | "absent" | "malformed",
    readonly permission: number,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    const last = model.lastWrite;
    if (last === null) return;
    const names = last.entry.kind !== "absent" && last.entry.kind !== "malformed";
    const kept: Entry = names ? last.entry : { kind: "leaf", target: last.page, permission: 3, global: false };
    const entry = this.kind === "keep" ? { ...kept, permission: this.permission } : { ...NO_ENTRY, kind: this.kind };
    const again =
      last instanceof WriteEntry
        ? new WriteEntry(last.vm, last.page, last.index, entry)
        : new WriteStage2(last.vm, last.page, entry);
    again.apply(model, real);
  }

  toString(): string {
    return `again ${this.kind} ${this.permission}`;
  }
}

export class WriteContext extends Step {
  constructor(
    readonly context: number,
    readonly entry: ContextEntry,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    change(model, real, model.world.planContext(this.context, this.entry));
  }

  toString(): string {
    const { state, vm, domain, process, root } = this.entry;
    if (state !== "present") return `ctx c${this.context}=${state === "absent" ? "-" : "bad"}`;
    return `ctx c${this.context}=(v${vm},d${domain},p${process},g${root})`;
  }
}

export type FieldName = "valid" | "vm" | "domain" | "process" | "root";

export class WriteContextField extends Step {
  constructor(
    readonly context: number,
    readonly field: FieldName,
    readonly value: number,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    const old = model.world.contexts[this.context];
    if (old === undefined) return;
    const now: ContextEntry =
      this.field === "valid"
        ? { ...old, state: this.value === 0 ? "absent" : "present" }
        : { ...old, [this.field]: this.value };
    change(model, real, model.world.planContext(this.context, now));
  }

  toString(): string {
    return `ctx c${this.context} ${this.field}=${this.value}`;
  }
}

export class MovePage extends Step {
  constructor(
    readonly vm: number,
    readonly page: number,
    readonly target: number,
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    change(model, real, model.world.planMove(this.vm, this.page, this.target));
  }

  toString(): string {
    return `move v${this.vm} g${this.page}=h${this.target}`;
  }
}

export class Invalidate extends Step {
  constructor(readonly command: Invalidation) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    submit(model, real, this.command);
  }

  toString(): string {
    const { kind, host, domain, process, requester, form, base, size, leaf } = this.command;
    const words = [domain === null ? "" : `d${domain}`, process === null ? "" : `p${process}`];
    words.push(requester === null ? "" : `c${requester}`, `${form} ${base} ${size}`, leaf ? "leaf" : "");
    return `${host ? "host" : "guest"} inv ${kind} ${words.filter((word) => word !== "").join(" ")}`;
  }
}

export class Fence extends Step {
  apply(model: Model, real: Strategies): void {
    fence(model, real);
  }

  toString(): string {
    return "fence";
  }
}

/** What a driver that keeps the contract would do next for one of the open duties. */
export class ServeDuty extends Step {
  constructor(readonly choice: number) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    const next = nextFor(model, this.choice);
    if (next === "fence") fence(model, real);
    else if (next !== null) submit(model, real, next);
  }

  toString(): string {
    return `serve ${this.choice}`;
  }
}

export class Dma extends Step {
  constructor(
    readonly context: number,
    readonly page: number,
    readonly access: "read" | "write",
  ) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    if (this.context >= SHAPE.contexts || this.page >= SHAPE.iovaPages) return;
    real.hardware?.access(this.context, this.page);
    const expected = model.walk(this.context, this.page).result;
    if (this.access === "read" || expected === null || (expected.permission & 2) === 0) return;
    model.world.tags.set(expected.host, `c${this.context}`);
  }

  toString(): string {
    return `dma ${this.access} c${this.context} i${this.page}`;
  }
}

export class Prefetch extends Step {
  constructor(
    readonly context: number,
    readonly page: number,
  ) {
    super();
  }

  apply(_model: Model, real: Strategies): void {
    real.hardware?.access(this.context, this.page);
  }

  toString(): string {
    return `prefetch c${this.context} i${this.page}`;
  }
}

export class Evict extends Step {
  constructor(
    readonly context: number,
    readonly page: number,
  ) {
    super();
  }

  apply(_model: Model, real: Strategies): void {
    real.hardware?.evict(this.context, this.page);
  }

  toString(): string {
    return `evict c${this.context} i${this.page}`;
  }
}

/** The unit executes a pending command before the fence. */
export class Execute extends Step {
  constructor(readonly slot: number) {
    super();
  }

  apply(model: Model, real: Strategies): void {
    const command = model.pending[this.slot];
    if (command !== undefined) real.hardware?.execute(command);
  }

  toString(): string {
    return `execute ${this.slot}`;
  }
}

function entryText({ kind, target, permission, global }: Entry, page: string): string {
  if (kind === "absent") return "-";
  if (kind === "malformed") return "bad";
  return `${kind} ${page}${target} ${["none", "r", "w", "rw"][permission]}${global ? " global" : ""}`;
}
