/**
 * The server behind `nestfuzz explore`: two answers, on the loopback address, to whoever has the token.
 *
 * It keeps nothing: the page is made once, and what a header means is read from the rule files each time. Any page in a
 * browser can send requests to a loopback port, so a request must carry the token, name this server as its host (a
 * foreign name that resolves to 127.0.0.1 does not) and come from no other origin.
 */

import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { RulesAnswer } from "../report/page.js";
import { orRefusal } from "./exit.js";
import { settingFrom } from "./setting.js";

export const LOOPBACK = "127.0.0.1";

export interface Explored {
  html: string;
  policy: string;
  token: string;
}

/** Room for a header in an address. */
const LONGEST_REQUEST = 256 * 1024;

export function exploreServer(explored: Explored): Server {
  return createServer({ maxHeaderSize: LONGEST_REQUEST }, (request, response) => answer(explored, request, response));
}

interface Reply {
  status: number;
  type: string;
  body: string;
}

function answer(explored: Explored, request: IncomingMessage, response: ServerResponse): void {
  const { status, type, body } = replyTo(explored, request);
  response.writeHead(status, {
    ...HEADERS,
    "Content-Type": `${type}; charset=utf-8`,
    "Content-Security-Policy": `${explored.policy}; frame-ancestors 'none'`,
  });
  response.end(body);
}

const text = (status: number, body: string): Reply => ({ status, type: "text/plain", body: `${body}\n` });

function replyTo({ html, token }: Explored, request: IncomingMessage): Reply {
  const url = URL.canParse(request.url ?? "", BASE) ? new URL(request.url!, BASE) : new URL(BASE);
  const refusal = refusalOf(request, url.searchParams.get("token") ?? "", token);
  if (refusal !== null) return text(403, refusal);
  if (request.method !== "GET") return text(405, "only GET is answered");
  switch (url.pathname) {
    case "/":
      return { status: 200, type: "text/html", body: html };
    case "/rules": {
      const answered = rulesOf(url.searchParams.get("header") ?? "");
      return { status: 200, type: "application/json", body: JSON.stringify(answered) };
    }
    default:
      return text(404, "known: / and /rules");
  }
}

/** Addresses of requests are relative; what they are relative to does not matter. */
const BASE = "http://page";

const HEADERS = {
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

/** Why a request is refused, or null. */
function refusalOf({ headers, socket }: IncomingMessage, given: string, token: string): string | null {
  const port = socket.localPort;
  const hosts = [`${LOOPBACK}:${port}`, `localhost:${port}`];
  if (!hosts.includes(headers.host ?? "")) return "refused: the host that was asked is not this server";
  if (headers.origin !== undefined && !hosts.some((host) => headers.origin === `http://${host}`))
    return "refused: the request comes from another origin";
  return isSame(given, token) ? null : "refused: the token is missing or wrong; open the address that nestfuzz printed";
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const FILE = "header";

/** What a header means, by the rules as they are now; or what is wrong with it, at its lines. */
export function rulesOf(header: string): RulesAnswer {
  // A header without commands is no sequence.
  const read = orRefusal(() => settingFrom(FILE, `${header}\nfence\n`, {}));
  if (!read.ok) return { ok: false, errors: read.lines.map(errorOf) };
  const { architecture, contract, strategies, properties, shadow, geometry, start } = read.value;
  return { ok: true, rules: { architecture, contract, strategies, properties, shadow, geometry, start } };
}

function errorOf(text: string): { line: number; column: number; message: string } {
  const [, line, column, message] = /^header:([0-9]+):([0-9]+): ([\s\S]*)$/.exec(text) ?? [];
  if (message === undefined) return { line: 1, column: 1, message: text };
  return { line: Number(line), column: Number(column), message };
}
