import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { type RunningAuthority, startAuthority } from "@mitome/testkit/running-authority";
import { quickAuthority } from "@mitome/testkit/soft-issuing-authority";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Counter, openCounter } from "./counter.fixture.ts";

const day = 86_400_000;
let running: RunningAuthority;
let counter: Counter;
let home: string;
let agent: { certificate: string; key: string; root: string };

const enrol = async (kind: string, place: string) => {
  const { code } = await running.script("enrol", kind, "121002", place);
  return enrolMachine(String(running.programs.ca.ready.enrolment), String(code));
};
const fingerprintOf = (pem: string) => createHash("sha256").update(new X509Certificate(pem).raw).digest("hex");
/** Far longer than it takes, even on a busy machine. */
const soon = { timeout: 10_000 };
const onDisk = () => fingerprintOf(readFileSync(counter.settings.authority.certificate, "utf8"));

/** The certificate that the gateway shows to an agent that dials now. */
function shown(): Promise<string> {
  const { certificate: cert, key, root: ca } = agent;
  return new Promise((resolve, reject) => {
    const socket = connect({ ...counter.settings.gateway, servername: "localhost", ca, cert, key }, () => {
      resolve(fingerprintOf(socket.getPeerX509Certificate()?.toString() ?? ""));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

beforeAll(async () => {
  running = await startAuthority(quickAuthority);
  home = mkdtempSync(join(tmpdir(), "mtk-"));
  const machine = await enrol("server", "kiosk-1");
  agent = await enrol("agent", "counter-1");
  const file = (name: string, text: string) => {
    writeFileSync(join(home, name), text, { mode: 0o600 });
    return join(home, name);
  };
  // Days pass at our word; everything else keeps its time.
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  counter = await openCounter({
    authority: {
      id: quickAuthority.id,
      url: String(running.programs.ca.ready.listen),
      root: file("root.pem", machine.root),
      certificate: file("server.pem", machine.certificate),
      key: file("server.key", machine.key),
    },
  });
});
afterAll(async () => {
  vi.useRealTimers();
  await counter?.stop();
  await running?.stop();
  rmSync(home, { recursive: true, force: true });
});

const daysPass = (days: number): void => {
  counter.clock.now = new Date(counter.clock.now.getTime() + days * day);
  vi.advanceTimersByTime(day);
};
const daysLeft = () => {
  const { validToDate } = new X509Certificate(readFileSync(counter.settings.authority.certificate, "utf8"));
  return (validToDate.getTime() - counter.clock.now.getTime()) / day;
};

describe("[security 4] the server's equipment certificate", () => {
  it("is renewed when less than sixty days remain, and the gateway shows the new one, without a restart", async () => {
    const first = onDisk();
    expect(await shown()).toBe(first);
    daysPass(Math.floor(daysLeft()) - 61);
    expect(onDisk()).toBe(first);
    daysPass(2);
    await expect.poll(onDisk, soon).not.toBe(first);
    expect(await shown()).toBe(onDisk());
    expect(counter.log.map(({ code }) => code)).toContain("K016");
  });

  it("is what the server calls the authority with from then on: the old one may be revoked", async () => {
    const second = onDisk();
    // The authority's own clock stands, so what it issues ends within sixty of our days and is due again.
    daysPass(1);
    await expect.poll(onDisk, soon).not.toBe(second);
    const third = onDisk();
    await running.script("revoke-equipment", second, "superseded");
    daysPass(1);
    await expect.poll(onDisk, soon).not.toBe(third);
    expect(await shown()).toBe(onDisk());
  });

  it("stays, with an alarm, when the authority does not answer", async () => {
    const before = onDisk();
    await running.programs.ca.stop("SIGKILL");
    daysPass(1);
    const alarm = () => counter.log.filter(({ code }) => code === "K017").length;
    await expect.poll(alarm, soon).toBe(1);
    expect(onDisk()).toBe(before);
    expect(await shown()).toBe(before);
  });

  it("is read again at the next start", async () => {
    await counter.restart();
    expect(await shown()).toBe(onDisk());
  });
});
