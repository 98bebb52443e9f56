/** OpenSSL's OCSP client against the running responder. */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RevocationReason, revocationReasons } from "@mitome/ca";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makePeer, serialOf } from "./hierarchy.fixture.ts";
import { makeWorld, type World } from "./memory-world.fixture.ts";
import type { RunningResponder } from "./start-responder.ts";

const issuer = { authority: "chiba", generation: 2 };
const [good, revoked, pending] = ["4a00000000000000000000000000000000000001", "ff22", "1234"].map(serialOf);
let world: World;
let running: RunningResponder;
let url: string;

const run = promisify(execFile);
/** What OpenSSL says, well or ill. */
const openssl = async (...args: readonly string[]): Promise<string> => {
  const { stdout, stderr } = await run("openssl", ["ocsp", ...args], { cwd: world.directory }).catch((error) => error);
  return `${stdout}${stderr}`;
};
const signer = ["-signer", "city.pem", "-signkey", "city.key"];
const serials = (...numbers: readonly (string | undefined)[]) => numbers.flatMap((one) => ["-serial", `0x${one}`]);
const verify = ["-issuer", "authority2.pem", "-CAfile", "authority2.pem"];

beforeAll(async () => {
  world = makeWorld(() => new Date());
  for (const [name, id] of [
    ["city", "matsudo-city"],
    ["stranger", undefined],
  ] as const) {
    const peer = makePeer(name);
    writeFileSync(join(world.directory, `${name}.pem`), peer.pem.certificate);
    writeFileSync(join(world.directory, `${name}.key`), peer.pem.key);
    if (id !== undefined) world.registry.register(peer, id);
  }
  running = await world.start();
  url = `${running.listening[0]}/ocsp`;
});
afterAll(async () => {
  await running.stop();
  world.remove();
});
beforeEach(() => {
  if (good === undefined || revoked === undefined || pending === undefined) return expect.unreachable();
  world.status.put(issuer, good);
  world.status.put(issuer, pending, { state: "pending" });
  world.status.revoke(issuer, revoked, "keyCompromise", new Date("2026-11-01T03:04:05.678Z"));
});

describe("千葉県運用規程 4-4-4-1, 4-4-4-2", () => {
  it.each([["-sha1"], ["-sha256"]])(
    "[C-4-4-4-1.1] [C-4-4-4-2.1] answers good, unknown and revoked with reason and time, as OpenSSL verifies it (%s)",
    async (hash) => {
      const text = await openssl(hash, ...verify, ...serials(good, revoked, "abcdef"), ...signer, "-url", url);
      expect(text).toContain("Response verify OK");
      expect(text).toContain(`0x${good}: good`);
      expect(text).toMatch(
        /0xff22: revoked\n.*\n.*\n\tReason: keyCompromise\n\tRevocation Time: Nov {2}1 03:04:05 2026 GMT/,
      );
      expect(text).toContain("0xabcdef: unknown");
    },
  );

  it("never says good of a certificate whose signing is unresolved", async () => {
    expect(await openssl(...verify, ...serials(pending), ...signer, "-url", url)).toContain("0x1234: unknown");
  });

  it.each(revocationReasons.map((reason) => [reason]))(
    "[C-4-4-4-2.2] gives the reason %s",
    async (reason: RevocationReason) => {
      const serial = serialOf("beef");
      world.status.revoke(issuer, serial, reason, new Date());
      expect(await openssl(...verify, ...serials(serial), ...signer, "-url", url)).toContain(`Reason: ${reason}\n`);
    },
  );

  it("repeats the nonce, and is asked without one", async () => {
    const asked = ["-issuer", "authority2.pem", ...serials(good), ...signer];
    const with_ = await openssl(...asked, "-CAfile", "authority2.pem", "-nonce", "-url", url, "-text");
    expect(with_.match(/OCSP Nonce/g)).toHaveLength(2);
    expect(with_).not.toContain("Nonce Verify error");
    expect(await openssl(...asked, "-CAfile", "authority2.pem", "-no_nonce", "-url", url, "-text")).not.toContain(
      "OCSP Nonce",
    );
  });

  it("answers a GET with the request in the path", async () => {
    await openssl("-issuer", "authority2.pem", ...serials(good), ...signer, "-no_nonce", "-reqout", "request");
    const encoded = encodeURIComponent(readFileSync(join(world.directory, "request")).toString("base64"));
    await run("curl", ["--silent", "--fail", "--output", "answer", `${url}/${encoded}`], { cwd: world.directory });
    const text = await openssl(...verify, ...serials(good), "-no_nonce", "-respin", "answer");
    expect(text).toContain("Response verify OK");
    expect(text).toContain(`0x${good}: good`);
  });
});

describe("RFC 6960 §4.2.2.2", () => {
  it("signs for each generation of the authority's key with the certificate that this generation issued", async () => {
    const serial = serialOf("0a01");
    world.status.put({ authority: "chiba", generation: 1 }, serial);
    const first = [
      "-issuer",
      "authority1.pem",
      "-CAfile",
      "authority1.pem",
      ...serials(serial),
      ...signer,
      "-url",
      url,
    ];
    const text = await openssl(...first);
    expect(text).toContain("Response verify OK");
    expect(text).toContain("0x0a01: good");
    // The other generation knows no such number.
    expect(await openssl(...verify, ...serials(serial), ...signer, "-url", url)).toContain("0x0a01: unknown");
  });
});

describe("千葉県運用規程 4-4-4-3", () => {
  it("[C-4-4-4-3.1] answers unauthorized to whoever is not registered, and to whoever does not say who it is", async () => {
    const asked = [...verify, ...serials(good), "-url", url];
    expect(await openssl(...asked)).toContain("Responder Error: unauthorized (6)");
    const stranger = ["-signer", "stranger.pem", "-signkey", "stranger.key"];
    expect(await openssl(...asked, ...stranger)).toContain("Responder Error: unauthorized (6)");
    expect(await openssl(...asked, ...signer)).toContain("good");
  });
});
