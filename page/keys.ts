/** Keys, the list of them, and the button for light and dark. */

import { byId } from "./dom.js";
import type { Stepper } from "./stepper.js";

export function listenToKeys(stepper: Stepper): void {
  const help = byId<HTMLDialogElement>("help");
  byId("keys").addEventListener("click", () => help.showModal());
  byId("close").addEventListener("click", () => help.close());
  byId("theme").addEventListener("click", changeTheme);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || help.open || isTyping(event.target)) return;
    if (event.key === "?") help.showModal();
    else {
      const step = stepFor(event.key, stepper);
      if (step === undefined || scrolls(event)) return;
      stepper.go(step);
    }
    event.preventDefault();
  });
}

function stepFor(key: string, { current, last }: Stepper): number | undefined {
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return current + 1;
    case "ArrowLeft":
    case "ArrowUp":
      return current - 1;
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest("textarea,input,select") !== null;

/** Left and right scroll a picture that is wider than its frame, while it has the focus. */
function scrolls({ target, key }: KeyboardEvent): boolean {
  const isSideways = key === "ArrowLeft" || key === "ArrowRight";
  return isSideways && target instanceof HTMLElement && target.scrollWidth > target.clientWidth;
}

function changeTheme(): void {
  const root = document.documentElement;
  const isDark =
    root.dataset.theme === "dark" ||
    (root.dataset.theme !== "light" && matchMedia("(prefers-color-scheme:dark)").matches);
  root.dataset.theme = isDark ? "light" : "dark";
}
