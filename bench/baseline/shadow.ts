/**
 * The shadow: its own record of what the guest's tables said when it last looked, a Map for each context.
 */

import type { Architecture } from "../../rules/vocabulary.js";
import { extent, removes } from "./matching.js";
import { type Gathered, walk } from "./oracle.js";
import { CONTEXTS, type ContextEntry, type Invalidation, IOVA_PAGES, type Translation } from "./records.js";
import type { EntryChange, World } from "./world.js";

interface Page {
  leaf: Gathered | null;
  /** Guest pages that the walk needed: host-owned memory, whose changes the shadow follows at once. */
  guestPages: readonly number[];
}

interface Attached {
  entry: ContextEntry;
  pages: Map<number, Page>;
}

export class Shadow {
  private readonly attached = new Map<number, Attached>();

  constructor(
    private readonly architecture: Architecture,
    private readonly world: World,
  ) {
    for (const context of CONTEXTS) this.attach(context);
  }

  translate(context: number, page: number): Translation | null {
    const { entry } = this.attached.get(context)!;
    const leaf = this.leafOf(context, page);
    if (leaf === null) return null;
    const host = this.world.translate(entry.vm, leaf.page);
    if (!host.found) return null;
    const { global, large } = leaf;
    return { host: host.host, guest: leaf.page, permission: leaf.permission & host.permission, global, large };
  }

  entryOf(context: number): ContextEntry {
    return this.attached.get(context)!.entry;
  }

  leafOf(context: number, page: number): Gathered | null {
    return this.attached.get(context)!.pages.get(page)?.leaf ?? null;
  }

  /** What the host itself changed is followed at once, as far as the kept walks needed it. */
  stage2Changed({ vm, guestPages }: EntryChange): void {
    for (const [context, { entry, pages }] of this.attached) {
      if (entry.state !== "present" || entry.vm !== vm) continue;
      for (const [page, kept] of pages) {
        if (kept.guestPages.some((guest) => guestPages.includes(guest))) this.refresh(context, page);
      }
    }
  }

  fenced(pending: readonly Invalidation[]): void {
    for (const command of pending) if (!command.host) this.obey(command);
  }

  private obey(command: Invalidation): void {
    for (const context of CONTEXTS) {
      const { entry, pages } = this.attached.get(context)!;
      const { domain, process, state } = entry;
      const tags = state === "present" ? { domain, process } : {};
      // As in the envelope: a context cache holds the domain, a PASID cache the process.
      const upper = state === "present" ? { domain } : {};
      const lower = state === "present" ? { process } : {};
      if (
        removes(this.architecture, command, { cache: "context", requester: context, ...upper }) ||
        removes(this.architecture, command, { cache: "pasid", requester: context, ...lower })
      ) {
        this.attach(context);
        continue;
      }
      for (const [page, { leaf }] of pages) {
        const held = { ...tags, ...extent(page, leaf?.large ?? false) };
        const kept = { ...held, ...(leaf?.global === true ? { process: "global" as const } : {}) };
        if (removes(this.architecture, command, { cache: "iotlb", ...kept })) this.refresh(context, page);
      }
    }
  }

  private attach(context: number): void {
    this.attached.set(context, { entry: this.world.contexts[context]!, pages: new Map() });
    for (const page of IOVA_PAGES) this.refresh(context, page);
  }

  /** Walks the guest's tables again, from the root that the shadow knows. */
  private refresh(context: number, page: number): void {
    const { entry, pages } = this.attached.get(context)!;
    const { leaf, guestPages } = walk(this.world, entry, page);
    pages.set(page, { leaf, guestPages });
  }
}
