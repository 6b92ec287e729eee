/** Before all tests: a line on the real units, and one on the browser, that are not here, whose tests are skipped. */

import { chromiumPath } from "../bench/chromium.js";
import { installed, UNITS } from "../targets/units.js";

export default function setup(): void {
  const missing = UNITS.filter((kind) => !installed(kind).ok).map(({ name }) => name);
  if (missing.length > 0)
    process.stdout.write(
      `skipped: what needs ${missing.join(", ")} of QEMU; nestfuzz targets says how to install it\n`,
    );
  if (chromiumPath() === undefined)
    process.stdout.write(
      "skipped: what needs Chromium, the page as a reader sees it; Debian: apt-get install chromium\n",
    );
}
