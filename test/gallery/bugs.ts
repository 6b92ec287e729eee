/** The gallery: every known bug, in the order of the ids. */

import { COMMAND_BUGS } from "./bugs/commands.js";
import { CONTEXT_BUGS } from "./bugs/contexts.js";
import { DEVICE_BUGS } from "./bugs/devices.js";
import { ENTRY_BUGS } from "./bugs/entries.js";
import { SHADOW_BUGS } from "./bugs/shadows.js";
import type { Bug } from "./mutation.js";

export const BUGS: readonly Bug[] = [
  ...CONTEXT_BUGS,
  ...ENTRY_BUGS,
  ...COMMAND_BUGS,
  ...DEVICE_BUGS,
  ...SHADOW_BUGS,
].sort((a, b) => (a.id < b.id ? -1 : 1));
