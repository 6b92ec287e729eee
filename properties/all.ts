/**
 * The properties by name, and the checker that runs those in force after every command, worst first.
 */

import type { Machine } from "../models/machine.js";
import { PROPERTY_NAMES, type PropertyName, type StrategyName, unreachable } from "../rules/vocabulary.js";
import { agreement } from "./agreement.js";
import { cacheValidity } from "./cache-validity.js";
import { isolation } from "./isolation.js";
import type { Property } from "./property.js";
import { refinement } from "./refinement.js";
import { View } from "./view.js";
import type { Violation } from "./violation.js";

export function makeProperty(name: PropertyName, strategies: readonly StrategyName[]): Property {
  switch (name) {
    case "agreement":
      return agreement();
    case "cache-validity":
      return cacheValidity();
    case "refinement":
      return refinement(strategies);
    case "isolation":
      return isolation();
    default:
      return unreachable(name);
  }
}

export class Checker {
  readonly view: View;
  readonly properties: readonly Property[];

  constructor(machine: Machine, names: readonly PropertyName[], strategies: readonly StrategyName[]) {
    this.view = new View(machine, strategies);
    this.properties = PROPERTY_NAMES.filter((name) => names.includes(name)).map((name) =>
      makeProperty(name, strategies),
    );
  }

  /** The caches that held something invalid for an unsettled request at the last check, a bit each. */
  get staleCaches(): number {
    return this.view.staleCaches;
  }

  /** Looks at everything again at the next check: the state was replaced. */
  restart(): void {
    this.view.refresh(true);
  }

  /** The first property that is broken now, or null. The record is reused: copy it to keep it. */
  check(): Violation | null {
    this.view.refresh(false);
    return this.judge();
  }

  /** As `check`, whatever the last step was: for a state that was not reached from the one before. */
  checkAll(): Violation | null {
    this.view.refresh(true);
    return this.judge();
  }

  private judge(): Violation | null {
    this.view.staleCaches = 0;
    for (const property of this.properties) if (property.check(this.view)) return this.view.violation;
    return null;
  }
}
