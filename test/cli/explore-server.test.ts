/** Who is answered by the server behind `nestfuzz explore`, and what. */

import { request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exploreServer, rulesOf } from "../../cli/explore-server.js";

let server: Server;
let port = 0;
beforeAll(async () => {
  server = exploreServer({ html: "<p>page", policy: "default-src 'none'", token: "secret" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});

interface Answer {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

function ask(path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, method }, (response) => {
      let body = "";
      response.on("data", (part) => {
        body += part;
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    sent.on("error", reject);
    sent.end();
  });
}
const statusOf = async (...given: Parameters<typeof ask>): Promise<number | undefined> => (await ask(...given)).status;

describe("exploreServer", () => {
  it("gives the page to whoever has the token, under a strict policy", async () => {
    const { status, headers, body } = await ask("/?token=secret");
    expect({ status, body }).toEqual({ status: 200, body: "<p>page" });
    expect(headers).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
    });
    expect(headers["access-control-allow-origin"]).toBeUndefined();
  });

  it("refuses a missing or wrong token, whatever is asked for", async () => {
    for (const path of [
      "/",
      "/?token=",
      "/?token=secre",
      "/?token=secrets",
      "/?token=Secret",
      "/rules?header=",
      "/nothing",
      "//",
    ])
      expect([path, await statusOf(path)]).toEqual([path, 403]);
  });

  it("refuses another host, as of a name that resolves to 127.0.0.1", async () => {
    for (const host of [
      "evil.example",
      `evil.example:${port}`,
      "127.0.0.1",
      "127.0.0.1:1",
      `127.0.0.1.evil.example:${port}`,
    ])
      expect([host, await statusOf("/?token=secret", { host })]).toEqual([host, 403]);
    expect(await statusOf("/?token=secret", { host: `localhost:${port}` })).toBe(200);
  });

  it("refuses another origin, and takes its own", async () => {
    for (const origin of [
      "http://evil.example",
      "null",
      "https://127.0.0.1",
      `https://127.0.0.1:${port}`,
      "http://127.0.0.1:1",
    ])
      expect([origin, await statusOf("/?token=secret", { origin })]).toEqual([origin, 403]);
    expect(await statusOf("/?token=secret", { origin: `http://127.0.0.1:${port}` })).toBe(200);
  });

  it("answers GET alone, and two paths", async () => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
      expect([method, await statusOf("/?token=secret", {}, method)]).toEqual([method, 405]);
    expect(await statusOf("/other?token=secret")).toBe(404);
  });

  it("tells what a header means", async () => {
    const header = encodeURIComponent("architecture: riscv\ncontract: riscv\ngeometry: 3x8\n");
    const { status, body } = await ask(`/rules?token=secret&header=${header}`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({
      ok: true,
      rules: { architecture: { name: "riscv" }, contract: { name: "riscv" }, geometry: "3x8", start: "all" },
    });
  });
});

describe("rulesOf", () => {
  it("gives each mistake with its line in the header, and prints nothing", () => {
    const places = (header: string): unknown[] => {
      const answer = rulesOf(header);
      return answer.ok ? [] : answer.errors.map(({ line, column, message }) => [line, column, message.slice(0, 24)]);
    };
    expect(places("")).toEqual([]);
    expect(places("architecture: tny\n")).toEqual([[1, 15, "NF130 no architecture is"]]);
    expect(places("contract: tiny\ngeometry: 9x1\n")).toEqual([[2, 11, 'geometry "9x1" has 9 lev']]);
    expect(places("start: c9\n")).toEqual([[1, 8, "start names c9, but the "]]);
    expect(places("claim: T99\n")).toEqual([[1, 8, 'unknown claim "T99"; kno']]);
    expect(places("contract: ./nothing.yaml\n")[0]).toEqual([1, 11, 'NF101 no file "./nothing']);
  });
});
