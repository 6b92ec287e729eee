/** All parts, in the order in which they are measured and told. */

import { chromiumPath } from "./chromium.js";
import { MEMORY_HEAD, measureMemory, sampleText } from "./memory.js";
import { measurePage, pageText } from "./page.js";
import { type Part, roundsPart, rowsPart } from "./part.js";
import { allocationText, measureAllocation } from "./parts/allocation.js";
import { architectureSubjects } from "./parts/architecture.js";
import { briefSubjects } from "./parts/brief.js";
import { generationSubjects } from "./parts/generation.js";
import { geometrySubjects } from "./parts/geometry.js";
import { modelSubjects } from "./parts/models.js";
import { measureProfile, profileText } from "./parts/profile.js";
import { replaySubjects } from "./parts/replay.js";
import { shrinkSubjects } from "./parts/shrink.js";
import { startUpSubjects } from "./parts/start-up.js";
import { measureVerify } from "./parts/verify.js";
import { measureWorkers } from "./parts/workers.js";
import { measureProofs, proofsText } from "./prove.js";
import { measureRounds } from "./rounds.js";
import { measureTargets } from "./targets.js";

const MEMORY_SECONDS = 60;
const SPIN_SECONDS = 10;
/** Milliseconds of the clock. */
const PROFILED = 5000;

export const PARTS: readonly Part[] = [
  roundsPart("geometry", "fuzzing with everything on, by geometry, and in idiomatic fc.commands", geometrySubjects),
  roundsPart("architecture", "fuzzing with everything on, by architecture", architectureSubjects),
  roundsPart("models", "each model alone, on sequences drawn before", modelSubjects),
  roundsPart("generation", "drawing sequences alone", generationSubjects),
  roundsPart("shrink", "shrinking fixed failures", shrinkSubjects),
  roundsPart("replay", "replaying the committed counterexamples", replaySubjects),
  rowsPart("verify", "corpus verify of 10,000 counterexamples", measureVerify),
  roundsPart("start-up", "whole processes, by the clock", startUpSubjects),
  rowsPart("qemu", "units of QEMU that are installed, by the clock", measureTargets),
  rowsPart("brief", "a few rows of the others, for --check", (pace) => measureRounds(briefSubjects(), pace), false),
  rowsPart("workers", "the nightly job on one and on two workers", measureWorkers, false),
  {
    name: "allocation",
    says: "bytes a command by function, from a heap profile of the fuzzer's loop",
    isDefault: false,
    async measure({ milliseconds }) {
      const figures = await measureAllocation(milliseconds ?? PROFILED);
      return { figures, text: allocationText(figures) };
    },
  },
  {
    name: "profile",
    says: "where the time of the fuzzer's loop goes, by room and by function",
    isDefault: false,
    async measure({ milliseconds }) {
      const figures = await measureProfile(milliseconds ?? PROFILED);
      return { figures, text: profileText(figures) };
    },
  },
  {
    name: "memory",
    says: `whether memory grows: fuzzes for a while (${MEMORY_SECONDS} s unless --seconds says)`,
    isDefault: false,
    async measure({ milliseconds }, say) {
      say(MEMORY_HEAD);
      const seconds = milliseconds === null ? MEMORY_SECONDS : milliseconds / 1000;
      const figures = await measureMemory(seconds, (sample) => say(sampleText(sample)));
      return { figures, text: [MEMORY_HEAD, ...figures.map(sampleText)].join("\n") };
    },
  },
  {
    name: "prove",
    says: `proofs of the smallest unit, beside SPIN (most ${SPIN_SECONDS} s of it unless --seconds says)`,
    isDefault: false,
    measure({ milliseconds }) {
      const figures = measureProofs(milliseconds === null ? SPIN_SECONDS : milliseconds / 1000);
      return { figures, text: proofsText(figures) };
    },
  },
  {
    name: "page",
    says: "steps of a page in Chromium",
    isDefault: false,
    async measure() {
      const executable = chromiumPath();
      if (executable === undefined) throw new NotInstalled("there is no Chromium; Debian: apt-get install chromium");
      const figures = await measurePage(executable);
      return { figures, text: pageText(figures) };
    },
  },
];

/** What a part that was asked for needs is not there. */
export class NotInstalled extends Error {}
