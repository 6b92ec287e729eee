/**
 * A scene as SVG: the one renderer, of pictures that stand alone and of the page.
 *
 * Pure text in, text out: it runs in a browser as it does here, and equal scenes give equal bytes.
 */

import { arrowsOf, lineY } from "./picture-arrows.js";
import { boxClass, legendOf } from "./picture-boxes.js";
import { type PlacedBox, type PlacedLine, placeScene, SIZE, wrapText } from "./picture-place.js";
import { LIGHT, pictureCss } from "./picture-style.js";
import type { Scene } from "./scene.js";

export interface PictureOptions {
  /** Of the picture, in pixels; less than 640 puts all boxes below each other. */
  width: number;
  /** The request whose walk is drawn. */
  focus: string;
  /** What it shows, for readers who do not see it. */
  title: string;
  /** A drawing that stands alone has its own colours, and its title above it. */
  isAlone: boolean;
}

const MARGIN = 12;
/** A frame that is not laid out yet has no width; a picture has. */
const SMALLEST = 300;

export function pictureSvg(scene: Scene, { width, focus, title, isAlone }: PictureOptions): string {
  const place = placeScene(scene, focus, Math.max(width, SMALLEST) - 2 * MARGIN);
  const chars = Math.floor(place.width / SIZE.char);
  const legend = legendOf(focus).flatMap((text) => wrapText(text, chars));
  const titles = isAlone ? wrapText(title, chars) : [];
  const top = MARGIN + titles.length * SIZE.line;
  const height = Math.ceil(top + place.height + legend.length * SIZE.line + MARGIN);
  const full = Math.ceil(place.width + 2 * MARGIN);
  const arrows = arrowsOf(place);
  const parts = [
    ...titles.map((text, at) => line(MARGIN, MARGIN + 12 + at * SIZE.line, text, "heading")),
    `<g transform="translate(${MARGIN} ${top})">`,
    ...place.headings.map(({ text, y }) => line(0, y, text, "heading")),
    ...place.boxes.map(boxSvg),
    ...arrows.map(
      ({ path, isWalk }) => `<path class="arrow${isWalk ? " on" : ""}" marker-end="url(#${tip(isWalk)})" d="${path}"/>`,
    ),
    ...legend.map((text, at) => line(0, place.height + 14 + at * SIZE.line, text, "soft")),
    "</g>",
  ];
  const style = isAlone
    ? `<style>${pictureCss(LIGHT)}</style><rect width="${full}" height="${height}" fill="${LIGHT.paper}"/>`
    : "";
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="picture" role="img" aria-label="${escapeXml(title)}" ` +
    `width="${full}" height="${height}" viewBox="0 0 ${full} ${height}">` +
    `<title>${escapeXml(title)}</title>${style}<defs>${marker(false)}${marker(true)}</defs>\n` +
    `${parts.join("\n")}\n</svg>\n`
  );
}

const tip = (isWalk: boolean): string => (isWalk ? "tip-walk" : "tip");

function marker(isWalk: boolean): string {
  return (
    `<marker id="${tip(isWalk)}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" ` +
    `markerUnits="userSpaceOnUse" orient="auto"><path class="tip${isWalk ? " on" : ""}" d="M0 0L8 4L0 8z"/></marker>`
  );
}

function boxSvg(placed: PlacedBox): string {
  const { box, x, y, width, height, lines } = placed;
  return [
    `<g class="${boxClass(box.kind)}" data-box="${escapeXml(box.id)}">`,
    `<rect class="box" x="${x}" y="${y}" width="${width}" height="${height}" rx="3"/>`,
    `<rect class="head" x="${x}" y="${y}" width="${width}" height="${SIZE.line + 3}" rx="3"/>`,
    line(x + SIZE.pad, y + 14, box.title, "title"),
    ...lines.map((one, at) => lineSvg(placed, one, at)),
    "</g>",
  ].join("\n");
}

function lineSvg(placed: PlacedBox, { row, part, isRemark, label, text, tag }: PlacedLine, at: number): string {
  const { x, width } = placed;
  const y = lineY(placed, at) + 4;
  const lead = x + SIZE.pad;
  const classes = ["row", ...row.kinds.map((kind) => `row-${kind}`)].filter((name) => name !== "row-");
  const words = label === "" ? lead : lead + (label.length + 1) * SIZE.char;
  return [
    `<g class="${classes.join(" ")}"${part === 0 ? ` data-row="${escapeXml(row.id)}"` : ""}>`,
    part === 0 ? rowBack(placed, at, row.kinds) : "",
    label === "" ? "" : line(lead, y, label, "label"),
    text === "" ? "" : line(words, y, text, isRemark ? "words remark" : "words"),
    tag === ""
      ? ""
      : `<text class="tag" x="${x + width - SIZE.pad}" y="${y}" text-anchor="end">${escapeXml(tag)}</text>`,
    "</g>",
  ].join("");
}

/** What stands behind all lines of a row: the frame of a stale value, the bar of a walk. */
function rowBack({ x, width, lines, y }: PlacedBox, at: number, kinds: readonly string[]): string {
  const count = lines.filter(({ row }) => row === lines[at]!.row).length;
  const top = y + SIZE.line * (at + 1) + 3;
  const height = count * SIZE.line;
  const mark = kinds.find((kind) => kind === "stale" || kind === "cached");
  if (mark !== undefined)
    return `<rect class="${mark}" x="${x + 3}" y="${top}" width="${width - 6}" height="${height}" rx="2"/>`;
  return kinds.includes("walk") ? `<rect class="walk" x="${x}" y="${top}" width="3" height="${height}"/>` : "";
}

function line(x: number, y: number, text: string, name: string): string {
  return `<text class="${name}" x="${x}" y="${y}" xml:space="preserve">${escapeXml(text)}</text>`;
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]!);
}
