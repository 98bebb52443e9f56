import { parseOcspResponse } from "@mitome/x509";
import { octetString } from "@mitome/x509/der-writer";
import { beforeEach, describe, expect, it } from "vitest";
import { Desk, idOf, issuer, serial, start, statusesIn } from "./desk.fixture.ts";
import { serialOf } from "./hierarchy.fixture.ts";

let desk: Desk;
beforeEach(() => {
  desk = new Desk();
});

const refused = (reason: string, error = "unauthorized") => expect.objectContaining({ kind: "error", error, reason });

describe("answers that are given again", () => {
  it("are signed once for many askers, and again when half of their five minutes is over", async () => {
    await Promise.all([desk.ask(), desk.ask(), desk.ask()]);
    await desk.ask();
    expect([desk.signatures, desk.status.readings]).toEqual([1, 1]);
    desk.now = new Date(start.getTime() + 150_000);
    await desk.ask();
    expect(desk.signatures).toBe(2);
    expect(desk.records).toHaveLength(5);
  });

  it("end at once when their certificate is revoked, also one that is being made", async () => {
    await desk.ask();
    desk.status.revoke(issuer, serial, "keyCompromise", desk.now);
    expect(statusesIn(await desk.ask())).toMatchObject([{ kind: "revoked" }]);
    desk.status.put(issuer, serialOf("79"));
    let goOn = () => {};
    desk.status.pause = new Promise((resolve) => {
      goOn = resolve;
    });
    const asked = desk.ask({ certIds: [idOf(serialOf("79"))] });
    desk.status.revoke(issuer, serialOf("79"), "keyCompromise", desk.now);
    goOn();
    await asked;
    expect(statusesIn(await desk.ask({ certIds: [idOf(serialOf("79"))] }))).toMatchObject([{ kind: "revoked" }]);
  });

  it("are not given before every notice of what was revoked until then has come", async () => {
    await desk.ask();
    desk.status.slow = true;
    desk.status.revoke(issuer, serial, "keyCompromise", desk.now);
    expect(statusesIn(await desk.ask())).toMatchObject([{ kind: "revoked" }]);
  });

  it("are not shared where they say unknown: who asks later may have heard of the issuance", async () => {
    const certIds = [idOf(serialOf("7b"))];
    let goOn = () => {};
    desk.status.pause = new Promise((resolve) => {
      goOn = resolve;
    });
    const before = desk.ask({ certIds });
    desk.status.put(issuer, serialOf("7b"));
    const after = desk.ask({ certIds });
    goOn();
    expect(statusesIn(await before)).toStrictEqual([{ kind: "unknown" }]);
    expect(statusesIn(await after)).toStrictEqual([{ kind: "good" }]);
  });

  it("are not given while notices of revocation may not arrive, and not after some were missed", async () => {
    await desk.ask();
    desk.status.hears = false;
    desk.status.revoke(issuer, serial, "keyCompromise", desk.now);
    expect(statusesIn(await desk.ask())).toMatchObject([{ kind: "revoked" }]);
    desk.status.reachable = false;
    expect(await desk.ask()).toEqual(refused("status", "tryLater"));
    [desk.status.hears, desk.status.reachable] = [true, true];
    desk.status.tell("everything");
    expect(statusesIn(await desk.ask())).toMatchObject([{ kind: "revoked" }]);
  });

  it("are never of a certificate that is unknown: it may be issued in a moment", async () => {
    const certIds = [idOf(serialOf("7a"))];
    expect(statusesIn(await desk.ask({ certIds }))).toStrictEqual([{ kind: "unknown" }]);
    desk.status.put(issuer, serialOf("7a"));
    expect(statusesIn(await desk.ask({ certIds }))).toStrictEqual([{ kind: "good" }]);
  });

  it("are never older than the certificate", async () => {
    desk.status.put(issuer, serial, { notAfter: new Date(start.getTime() + 60_500) });
    await desk.ask();
    desk.now = new Date(start.getTime() + 62_000);
    expect(statusesIn(await desk.ask())).toStrictEqual([{ kind: "unknown" }]);
  });

  it("are given up, the oldest first, when they are too many", async () => {
    for (const number of ["01", "02", "03", "04"].map(serialOf)) {
      desk.status.put(issuer, number);
      await desk.ask({ certIds: [idOf(number)] });
    }
    await desk.ask({ certIds: [idOf(serialOf("04"))] });
    expect(desk.signatures).toBe(4);
    await desk.ask({ certIds: [idOf(serialOf("01"))] });
    expect(desk.signatures).toBe(5);
  });

  it("are not given for a nonce, which is repeated in an answer of its own", async () => {
    await desk.ask();
    const nonce = Buffer.alloc(32, 9);
    const said = await desk.ask({ nonce });
    if (said.kind === "error") return expect.unreachable();
    expect(parseOcspResponse(said.signed.response)).toMatchObject({ nonce: octetString(nonce) });
    expect([desk.signatures, said.repeatable]).toEqual([2, false]);
  });
});
