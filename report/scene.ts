/**
 * One step of a run as a picture shows it, in plain data: tables of both stages, caches, answers, duties, the walk.
 *
 * A scene names what stands in a box and where arrows lead; it knows nothing of places or colours. All scenes of a
 * story have the same tables with the same rows, so that nothing jumps from step to step. Ids are unique in a scene.
 */

import type { CacheName } from "../rules/vocabulary.js";
import type { ColumnName, StepReport } from "./steps.js";

/** What an entry of a table means in its place. */
export type Role = "absent" | "leaf" | "table" | "malformed";

export interface SceneRow {
  id: string;
  /** `[0]`, with the pages below it in stage 2: `[0] g8`. */
  label: string;
  text: string;
  role: Role;
  /** Ids of the box or row that the entry points to; null where that is not drawn. */
  target: string | null;
  /** Another text than after the step before. */
  changed: boolean;
  /** The walk of the request in focus reads it: which read that is, from 1; 0 where it does not. */
  walk: number;
}

/** A table of stage 1 or 2, or the context entries (stage 0). */
export interface SceneTable {
  id: string;
  stage: 0 | 1 | 2;
  depth: number;
  title: string;
  rows: SceneRow[];
  /** Why it cannot be read, or empty. */
  gone: string;
}

/** A host page, and who is led to it. */
export interface ScenePage {
  id: string;
  title: string;
  /** The strategies that may answer the request in focus with it. */
  answers: readonly ColumnName[];
  /** The stale values that lead here: `IOTLB d0 p0 i0`. */
  stale: readonly string[];
}

/** `cached`: it will be the stale value; `stale`: it is; `old`: another value that no walk gives now. */
export type Mark = "" | "cached" | "stale" | "old";

export interface SceneValue {
  key: string;
  value: string;
  /** The strategies that hold it. */
  by: readonly string[];
  mark: Mark;
  /** `stale since step 2`; empty where nothing is to be said. */
  remark: string;
}

export interface SceneCache {
  id: string;
  name: CacheName | "shadow" | "target";
  title: string;
  values: SceneValue[];
  /** How many more are held on the way of the requests that are shown. */
  hidden: number;
}

export interface SceneAnswer {
  request: string;
  isFocus: boolean;
  isSettled: boolean;
  cells: { column: ColumnName; text: string; differs: boolean }[];
}

export interface SceneDuty {
  text: string;
  /** It keeps the request in focus unsettled. */
  isFocus: boolean;
}

export interface Scene {
  step: number;
  tables: SceneTable[];
  pages: ScenePage[];
  caches: SceneCache[];
  answers: SceneAnswer[];
  duties: SceneDuty[];
  /** Invalidations that no fence has completed. */
  pending: string[];
  /** How the walk of the request in focus ends: `h8`, `fault (stage 1, not present)`. */
  walkEnds: string;
}

/** A run from its start to its violation, or its end. */
export interface Story {
  /** As `nestfuzz replay` has it. */
  report: StepReport;
  /** The request whose walk is drawn; empty where no page of it exists. */
  focus: string;
  columns: readonly ColumnName[];
  scenes: Scene[];
  /** Tables that were written, and for which there is no room. */
  hiddenTables: number;
}
