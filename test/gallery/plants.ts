/** The usual kinds of bugs in code, as functions with parameters; docs/gallery.md lists them. */

export * from "./plants/commands.js";
export * from "./plants/hardware.js";
export type { Plant } from "./plants/inside.js";
export * from "./plants/shadow.js";
export { byManual } from "./plants/wire.js";
