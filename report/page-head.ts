/** The head of a page that is one file: its style in it, and the policy that lets it ask for nothing. */

import { escapeXml } from "./picture.js";

export function headHtml({ title, policy, style }: { title: string; policy: string; style: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeXml(title)}</title>
<style>${style}</style>
</head>`;
}
