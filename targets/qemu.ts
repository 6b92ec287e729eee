/**
 * A vIOMMU of QEMU as a target: memory and commands of the model become real tables, queues and DMA.
 *
 * The machine's memory is mirrored word by word, so that what is a no-op for the model is one here. Each context is a
 * device with a DMA engine of its own. A read proves by the tag that it finds in a page where it went, a write by the
 * mark that it leaves there. Between sequences QEMU goes on: what a sequence changed is written back and everything
 * cached is dropped.
 */

import { KIND, STRIDE, slots } from "../commands/command.js";
import type { Machine } from "../models/machine.js";
import { ANY_FAULT, FOREIGN_PAGE } from "../models/values.js";
import type { Driver, UnitKind } from "./driver.js";
import { NOTHING, writeScripts } from "./lsi.js";
import { MARK_OFFSET, MemoryMap, TAG_OFFSET, tagOf } from "./memory-map.js";
import { Batch, Qtest, Reply } from "./qtest.js";
import { Roles } from "./roles.js";
import { type Answers, isNoise, type Target, type TargetInfo, type TargetRun, whatHappened } from "./target.js";

const D = slots("dma");

/** Puts something between client and unit: for tests of what the comparison finds. */
export type Shim = (driver: Driver) => Driver;

export class QemuTarget implements Target {
  readonly info: TargetInfo;
  private session: Session | null = null;

  constructor(
    private readonly kind: UnitKind,
    private readonly binary: string,
    version: string,
    private readonly shim: Shim = (driver) => driver,
  ) {
    this.info = { name: `qemu:${kind.name}`, version, architecture: kind.architecture, geometry: kind.geometry };
  }

  accepts(sequence: Float64Array, at: number): boolean {
    return !isNoise(sequence, at) && this.kind.accepts(sequence, at);
  }

  begin(machine: Machine): TargetRun {
    this.session ??= new Session(this.kind, this.binary, machine, this.shim);
    return new Run(this.session, machine);
  }

  restart(): void {
    this.session?.qtest.close();
    this.session = null;
  }

  close(): void {
    this.restart();
  }
}

/** One QEMU process: its driver, and what its memory holds now. */
class Session {
  readonly driver: Driver;
  readonly map: MemoryMap;
  readonly qtest: Qtest;
  /** By word of the model's memory: the entry that stands in QEMU's, or will when all that was sent is done. */
  readonly words: BigUint64Array;
  /** Number of the last DMA write; no two leave the same mark. */
  marks = 0;

  constructor(kind: UnitKind, binary: string, { geometry }: Machine, shim: Shim) {
    this.map = new MemoryMap(kind.ram, geometry);
    this.driver = shim(kind.create(this.map));
    this.qtest = new Qtest(binary, kind.args);
    this.words = new BigUint64Array(geometry.hostPages * geometry.pageEntries);
    const batch = new Batch();
    this.driver.setUp(batch);
    writeScripts(batch, this.driver.scripts, geometry.iova.count);
    for (let page = 0; page < geometry.hostPages; page++)
      batch.write32(this.map.hostAddress(page) + TAG_OFFSET, tagOf(page));
    this.qtest.send(batch);
    this.qtest.receive(batch);
  }

  put(batch: Batch, word: number, entry: bigint): void {
    if (this.words[word] === entry) return;
    this.words[word] = entry;
    const { pageEntries } = this.map.geometry;
    batch.write64(this.map.hostAddress(Math.floor(word / pageEntries)) + (word % pageEntries) * 8, entry);
  }
}

/** A `dma` of the sequence: the request that reads what the device read, or the first that looks for its mark. */
interface Question {
  step: number;
  read: number;
  /** 0 for a read. */
  mark: number;
  fault: (reply: Reply) => number | null;
}

/** Where a unit logs no faults each access that found nothing is one. */
const UNLOGGED = (): number => ANY_FAULT;

class Run implements TargetRun {
  private readonly batch = new Batch();
  private readonly questions: Question[] = [];
  /** By step: requests up to its end, so that an answer that is missing has a step. */
  private readonly ends: number[] = [];
  private readonly roles: Roles;
  private closing: (reply: Reply) => string | null = () => null;
  private isCut = false;
  /** Requests of the reset. */
  private readonly resetEnd: number;

  constructor(
    private readonly session: Session,
    private readonly machine: Machine,
  ) {
    this.roles = new Roles(machine);
    this.roles.begin();
    this.reset();
    this.resetEnd = this.batch.length;
  }

  private reset(): void {
    const { session, machine, batch } = this;
    const { driver } = session;
    const { geometry, state, world } = machine;
    const firstTable = geometry.vms * geometry.guestPages;
    for (let word = 0; word < session.words.length; word++) {
      const stage = Math.floor(word / geometry.pageEntries) >= firstTable ? 2 : 1;
      session.put(batch, word, driver.entry(stage, state[world.memory + word]!));
    }
    for (let context = 0; context < geometry.contexts; context++) {
      driver.writeContext(batch, context, state[world.contexts + context]!);
      driver.devices[context]!.reset(batch);
    }
    driver.invalidateAll(batch);
  }

  step(sequence: Float64Array, at: number): void {
    const { machine, session, batch } = this;
    const { driver } = session;
    const from = at * STRIDE;
    switch (sequence[from]!) {
      case KIND.write:
      case KIND.stage2:
      case KIND.move:
        this.writeEntry();
        break;
      case KIND.context:
      case KIND["context-field"]:
        if (machine.note.wrote) {
          driver.writeContext(batch, machine.world.change.at, machine.world.change.new);
          this.isCut ||= !this.roles.wrote();
        }
        break;
      case KIND.invalidate:
        // The queue of the model was full: it has fenced first.
        if (machine.note.fenced) driver.fence(batch);
        driver.invalidate(batch, sequence, from);
        break;
      case KIND.fence:
        driver.fence(batch);
        break;
      case KIND.dma:
        this.access(at, sequence[from + D.context]!, sequence[from + D.iova]!, sequence[from + D.access]!);
        break;
    }
    this.ends.push(batch.length);
  }

  private writeEntry(): void {
    const { machine, session, batch } = this;
    if (!machine.note.wrote) return;
    const { change } = machine.world;
    const { pageEntries } = machine.geometry;
    if (change.copyFrom >= 0) {
      const to = change.new >>> 6;
      for (let index = 0; index < pageEntries; index++)
        session.put(batch, to * pageEntries + index, session.words[change.copyFrom * pageEntries + index]!);
    }
    session.put(batch, change.at, session.driver.entry(change.vm >= 0 ? 2 : 1, change.new));
    this.isCut ||= !this.roles.wrote();
  }

  private access(step: number, context: number, page: number, access: number): void {
    const { session, batch } = this;
    const device = session.driver.devices[context];
    if (device === undefined || this.isCut) {
      this.questions.push({ step, read: -1, mark: 0, fault: UNLOGGED });
      return;
    }
    const { driver } = session;
    driver.clearFaults?.(batch);
    if (access === 0) {
      const read = device.read(batch, page);
      this.questions.push({ step, read, mark: 0, fault: driver.firstFault?.(batch) ?? UNLOGGED });
      return;
    }
    const mark = ++session.marks;
    device.write(batch, page, mark);
    const fault = driver.firstFault?.(batch) ?? UNLOGGED;
    const read = batch.length;
    const { hostPages } = session.map.geometry;
    for (let host = 0; host < hostPages; host++) batch.read32(session.map.hostAddress(host) + MARK_OFFSET);
    this.questions.push({ step, read, mark, fault });
  }

  send(): void {
    this.closing = this.session.driver.close(this.batch);
    this.session.qtest.send(this.batch);
  }

  finish(): Answers {
    const received = this.session.qtest.receive(this.batch);
    const reply = new Reply(received);
    const { stderr } = received;
    const bad = received.state === "complete" ? reply.firstBad() : reply.length;
    if (bad >= 0) {
      const step = bad < this.resetEnd ? -1 : this.ends.findIndex((end) => end > bad);
      const what = received.state === "complete" ? "refused a request of the harness" : whatHappened(received);
      return { outcomes: [], trouble: { step, what }, stderr };
    }
    const what = this.closing(reply);
    const outcomes = this.questions.map((question) => this.outcome(question, reply));
    return { outcomes, trouble: what === null ? null : { step: this.ends.length - 1, what }, stderr };
  }

  /** Where nothing was found and no fault was logged, the access went somewhere else. */
  private outcome({ read, mark, fault }: Question, reply: Reply): number | null {
    if (read < 0) return null;
    const { hostPages } = this.session.map.geometry;
    if (mark === 0) {
      const value = reply.value(read);
      const page = value - tagOf(0);
      if (page >= 0 && page < hostPages) return page;
      return value === 0 || value === NOTHING ? (fault(reply) ?? FOREIGN_PAGE) : FOREIGN_PAGE;
    }
    for (let page = 0; page < hostPages; page++) if (reply.value(read + page) === mark) return page;
    return fault(reply) ?? FOREIGN_PAGE;
  }
}
