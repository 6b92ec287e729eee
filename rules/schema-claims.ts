/**
 * The schema of a claims file: `kind: claims`, each claim with the cells that settle it.
 *
 * Follows the design page, section 3. A cell names its architecture and its contract by reference; they are loaded in
 * `claims.ts`.
 */

import * as say from "./messages.js";
import type { Reader, Value } from "./reader.js";
import type { CellRow, ClaimRow, ClaimsFile } from "./rows.js";
import { checkKind, optional, placed, readReference, readSource, required } from "./schema.js";
import { readRules } from "./schema-contract.js";
import {
  DEFAULT_SHADOW,
  type PinnedProof,
  PROPERTY_NAMES,
  type ShadowOptions,
  STRATEGIES,
  VERDICTS,
} from "./vocabulary.js";

const CLAIM_KEYS = ["id", "says", "source", "cells"] as const;
const CELL_KEYS = [
  "id",
  "architecture",
  "contract",
  "rules",
  "strategies",
  "shadow",
  "properties",
  "expected",
  "why",
  "proofs",
] as const;
const PROOF_KEYS = ["strategies", "geometry", "scope", "states"] as const;

export function readClaimsFile(reader: Reader): ClaimsFile | undefined {
  const any = reader.mapping(reader.root(), "a claims file");
  if (any === undefined || !checkKind(reader, any, "claims")) return undefined;
  const fields = reader.mapping(reader.root(), "a claims file", ["kind", "claims"])!;
  const { offset } = reader.root();
  const owner = { offset, what: "the file", why: "it is a list of claims", mend: "add claims:" };
  const items = required(reader, fields, "claims", owner, (value) => reader.list(value, "claims")) ?? [];
  const claims = items.map((item) => readClaim(reader, item)).filter((claim) => claim !== undefined);
  const lines = new Map<string, number>();
  for (const claim of claims) checkId(reader, lines, "claim", claim);
  const cellLines = new Map<string, number>();
  for (const cell of claims.flatMap((claim) => claim.cells)) checkId(reader, cellLines, "cell", cell);
  return { spot: reader.spot(offset), claims };
}

function checkId(reader: Reader, lines: Map<string, number>, what: string, row: ClaimRow | CellRow): void {
  const earlier = lines.get(row.id);
  if (earlier === undefined) lines.set(row.id, row.spot.line);
  else reader.problems.push({ ...row.spot, ...say.duplicateId(what, row.id, earlier) });
}

function readClaim(reader: Reader, value: Value): ClaimRow | undefined {
  const fields = reader.mapping(value, "a claim", CLAIM_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what: "a claim", why: "reports show it", mend: "add it" };
  const id = required(reader, fields, "id", owner, (seen) => reader.name(seen, "id"));
  const what = id === undefined ? "the claim" : `claim ${id}`;
  const says = required(reader, fields, "says", { ...owner, what }, (seen) => reader.text(seen, "says"));
  const source = readSource(reader, fields, value.offset, what);
  const cellsOwner = { ...owner, what, why: "a claim is settled by its cells" };
  const items = required(reader, fields, "cells", cellsOwner, (seen) => reader.list(seen, "cells"));
  if (items?.length === 0) {
    const complaint = say.emptyText(`cells of ${what}`, "a claim is settled by its cells", "add a cell");
    reader.report(fields.get("cells")!.value.offset, complaint);
  }
  const cells = (items ?? []).map((item) => readCell(reader, item, id)).filter((cell) => cell !== undefined);
  return id === undefined ? undefined : { id, spot: reader.spot(value.offset), says, source, cells };
}

function readCell(reader: Reader, value: Value, claim: string | undefined): CellRow | undefined {
  const fields = reader.mapping(value, "a cell", CELL_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what: "a cell", why: "a run needs it", mend: "add it" };
  const due = <T>(key: string, read: (seen: Value) => T | undefined) => required(reader, fields, key, owner, read);
  const id = due("id", (seen) => reader.name(seen, "id"));
  if (id !== undefined && claim !== undefined && id !== claim && !id.startsWith(`${claim}.`)) {
    reader.report(fields.get("id")!.value.offset, say.foreignCell(id, claim));
  }
  const row = reader.watch(() => ({
    spot: reader.spot(value.offset),
    architecture: due("architecture", (seen) => readReference(reader, seen, "architecture")),
    contract: due("contract", (seen) => readReference(reader, seen, "contract")),
    rules: optional(fields, "rules", (seen) => readRules(reader, seen)) ?? [],
    strategies: due("strategies", (seen) =>
      some(reader, seen, "strategies", reader.words(seen, "strategy", STRATEGIES)),
    ),
    shadow: optional(fields, "shadow", (seen) => placed(reader, seen, readShadow(reader, seen))),
    properties: due("properties", (seen) =>
      some(reader, seen, "properties", reader.words(seen, "property", PROPERTY_NAMES)),
    ),
    expected: due("expected", (seen) => reader.word(seen, "verdict", VERDICTS)),
    why: due("why", (seen) => reader.text(seen, "why")),
    proofs: optional(fields, "proofs", (seen) => readProofs(reader, seen)),
  }));
  const usesShadow = row.strategies === undefined || row.strategies.includes("shadow");
  if (row.shadow !== undefined && !usesShadow) reader.report(fields.get("shadow")!.keyOffset, say.shadowUnused());
  return id === undefined ? undefined : { id, ...row };
}

function readProofs(reader: Reader, value: Value): PinnedProof[] | undefined {
  return reader.list(value, "proofs")?.flatMap((item) => readProof(reader, item) ?? []);
}

function readProof(reader: Reader, value: Value): PinnedProof | undefined {
  const fields = reader.mapping(value, "a proof", PROOF_KEYS);
  if (fields === undefined) return undefined;
  const owner = { offset: value.offset, what: "a proof", why: "it says what was proved", mend: "add it" };
  const due = <T>(key: string, read: (seen: Value) => T | undefined) => required(reader, fields, key, owner, read);
  const strategies = due("strategies", (seen) =>
    some(reader, seen, "strategies", reader.words(seen, "strategy", STRATEGIES)),
  );
  const geometry = due("geometry", (seen) => reader.text(seen, "geometry"));
  const scope = optional(fields, "scope", (seen) => reader.text(seen, "scope")) ?? "";
  const states = due("states", (seen) => reader.count(seen, "states"));
  if (strategies === undefined || geometry === undefined || states === undefined) return undefined;
  return { strategies, geometry, scope, states };
}

function some<T>(reader: Reader, value: Value, what: string, items: T[] | undefined): T[] | undefined {
  if (items?.length !== 0 || value.node === null || !("items" in value.node) || value.node.items.length > 0)
    return items;
  return reader.report(value.offset, say.emptyText(what, "a cell has at least one", "name one"));
}

function readShadow(reader: Reader, value: Value): ShadowOptions | undefined {
  const fields = reader.mapping(value, "shadow", ["follows-stage2", "evicts"]);
  if (fields === undefined) return undefined;
  const flag = (key: string) => optional(fields, key, (seen) => reader.flag(seen, key));
  return {
    followsStage2: flag("follows-stage2") ?? DEFAULT_SHADOW.followsStage2,
    evicts: flag("evicts") ?? DEFAULT_SHADOW.evicts,
  };
}
