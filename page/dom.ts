/** Elements of the page, made and found. */

/** The element of the template with this id; the template and this program come together, so it is there. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

/** A new element with text in it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  { text = "", className = "" }: { text?: string; className?: string } = {},
  ...children: Node[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  if (text !== "") made.textContent = text;
  made.append(...children);
  return made;
}
