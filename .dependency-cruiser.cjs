/** The one direction of docs/design.md, section 8: no room imports from one to its right. */
const rooms = [
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
  "bench",
];

const oneWay = rooms.map((room, at) => ({
  name: `${room}-imports-nothing-to-its-right`,
  severity: "error",
  comment: `rules -> commands -> models -> properties -> targets -> search -> prove -> shrinkers -> corpus -> report -> page -> verdicts -> infer -> nightly -> cli; ${room} must not import from a later room`,
  from: { path: `^${room}/` },
  to: { path: `^(${[...rooms.slice(at + 1), "test"].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...oneWay,
    {
      name: "fast-check-stays-in-two-files",
      severity: "error",
      comment: "only commands/arbitrary and search/fuzz know fast-check; hand plain data to everything else",
      from: {
        path: `^(${rooms.filter((room) => room !== "bench").join("|")})/`,
        pathNot: "^(commands/arbitrary|search/fuzz)\\.ts$",
      },
      to: { path: "node_modules/fast-check" },
    },
    {
      name: "the-page-runs-in-a-browser",
      severity: "error",
      comment: "page/ and all that it comes to import must do without Node; move what needs it into a file of its own",
      from: { path: "^page/.*[.]ts$" },
      to: {
        path: "^(assert|buffer|child_process|crypto|fs|http|net|os|path|process|url|util|worker_threads)$",
        reachable: true,
      },
    },
    {
      name: "no-circles",
      severity: "error",
      comment: "two files that import each other are one file; move what both need into a third",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".js"], conditionNames: ["import", "node"] },
  },
};
