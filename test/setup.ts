/** Before all tests: one line on the real units that are not here, whose tests are skipped. */

import { installed, UNITS } from "../targets/units.js";

export default function setup(): void {
  const missing = UNITS.filter((kind) => !installed(kind).ok).map(({ name }) => name);
  if (missing.length > 0)
    process.stdout.write(
      `skipped: what needs ${missing.join(", ")} of QEMU; nestfuzz targets says how to install it\n`,
    );
}
