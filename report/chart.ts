/**
 * Charts as SVG text: what all of them share. Scales and paths are those of d3; colours are classes of the page, so
 * that a chart is light or dark, or on paper, as its page is.
 */

import { format } from "d3-format";
import { type ScaleLinear, scaleLinear } from "d3-scale";
import { escapeXml } from "./picture.js";

export interface Size {
  width: number;
  height: number;
}

/** `label` says what the picture shows, for those who do not see it. */
export function chartSvg({ width, height }: Size, label: string, parts: readonly string[]): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-label="${escapeXml(label)}" ` +
    `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${parts.join("")}</svg>`
  );
}

export function textAt(x: number, y: number, text: string, anchor: "start" | "middle" | "end" = "start"): string {
  const where = anchor === "start" ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${short(x)}" y="${short(y)}"${where}>${escapeXml(text)}</text>`;
}

export function boxAt(x: number, y: number, width: number, height: number, kind: string): string {
  return (
    `<rect class="${kind}" x="${short(x)}" y="${short(y)}" width="${short(width)}" ` + `height="${short(height)}"/>`
  );
}

/** Coordinates to a tenth: what is drawn is the same, the file is smaller. */
export function short(value: number): number {
  return Math.round(value * 10) / 10;
}

/** From 0 to the largest value, and never nothing. */
export function scaleTo(values: readonly number[], range: readonly [number, number]): ScaleLinear<number, number> {
  return scaleLinear([0, Math.max(...values, Number.MIN_VALUE)], range).nice(4);
}

/** `1.2k`, `35M`: to be read at a glance. */
const siText = format(".3~s");
export function roughText(value: number): string {
  return siText(value);
}

/** `12 345`, in groups that no locale decides. */
export function countText(value: number): string {
  return `${value}`.replace(/\B(?=([0-9]{3})+$)/g, "\u202f");
}
