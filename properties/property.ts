/**
 * A property is a record: its name, its sentence, what it checks after every command, and the witness beside it.
 *
 * Follows the design page, section 5. `check` returns true when the property is broken and leaves the violation in the
 * view. `witness` says what must have been seen for the property's silence to mean something; `check` counts it.
 */

import type { PropertyName } from "../rules/vocabulary.js";
import type { View } from "./view.js";

export interface Property {
  name: PropertyName;
  sentence: string;
  witness: string;
  /** How often the witness has occurred since the property was made. */
  seen: number;
  check(view: View): boolean;
}
