/** The rooms of the project, in the one direction of docs/design.md, section 8; `.dependency-cruiser.cjs` holds them to it. */
export const ROOMS = [
  "rules",
  "commands",
  "models",
  "properties",
  "targets",
  "search",
  "prove",
  "shrinkers",
  "corpus",
  "report",
  "page",
  "verdicts",
  "infer",
  "nightly",
  "cli",
] as const;
