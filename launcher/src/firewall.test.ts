/** The firewall's rules of docs/network.md, loaded into a network of their own and tried from both sides. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  canMakeNetworks,
  type FirewalledMachine,
  insideAddress,
  outsideAddresses,
  startFirewalledMachine,
} from "./firewall.fixture.ts";
import { root } from "./places.ts";

const page = readFileSync(join(root, "docs/network.md"), "utf8");
const [, rules = ""] = /```nft\n(.*?)```/s.exec(page) ?? [];
const inOrder = (ports: Iterable<number>) => [...new Set(ports)].toSorted((one, other) => one - other);

/** The ports of the page's second table, of one protocol, from somebody to somebody. */
function inTheTable(from: string, to: string, protocol: "TCP" | "UDP"): readonly number[] {
  const rows = [...page.matchAll(/^\| ([^|]+) \| ([^|]+) \| (UDP )?([\d, ]+) \|/gm)];
  const meant = rows.filter(([, asker, asked, udp]) => asker === from && asked === to && !udp === (protocol === "TCP"));
  return inOrder(meant.flatMap(([, , , , ports = ""]) => ports.split(", ").map(Number)));
}

// Every port that the page names, and some that it does not.
const ports = inOrder([...page.matchAll(/\b\d{2,4}\b/g)].map(Number).concat(8080, 3389, 9000));
const { anyone, anyoneV6, authority, administrator } = outsideAddresses;
const fromAnyone = inTheTable("anyone", "public zone", "TCP");

describe.concurrent("the firewall of the public zone (千葉県運用規程 6-7)", () => {
  const isPossible = canMakeNetworks();
  let machine: FirewalledMachine;
  let folder: string;

  beforeAll(async () => {
    if (!isPossible) return;
    folder = mkdtempSync(join(tmpdir(), "firewall-"));
    const file = join(folder, "rules.nft");
    writeFileSync(file, rules);
    machine = await startFirewalledMachine(ports);
    // Without rules everything answers, so that what does not answer with them is their doing.
    for (const protocol of ["tcp", "udp"] as const)
      expect([
        await machine.reach(protocol, "beyond", anyone, insideAddress.v4),
        await machine.reach(protocol, "inside", insideAddress.v4, authority),
      ]).toEqual([ports, ports]);
    await machine.apply(file);
  }, 60_000);
  afterAll(() => {
    if (!isPossible) return;
    machine?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const { v4, v6 } = insideAddress;
  it.skipIf(!isPossible).each([
    ["anyone", anyone, v4, fromAnyone],
    ["anyone by IPv6", anyoneV6, v6, fromAnyone],
    ["the authority's room", authority, v4, [...fromAnyone, ...inTheTable("authority's room", "public zone", "TCP")]],
    ["administrators", administrator, v4, [...fromAnyone, ...inTheTable("administrators", "public zone", "TCP")]],
  ])("[C-6-7.1] lets in from %s what the page says, and nothing else", async (_who, from, to, allowed) => {
    expect(allowed.length).toBeGreaterThan(0);
    const byUdp = from === anyoneV6 ? [] : machine.reach("udp", "beyond", from, to);
    expect(await machine.reach("tcp", "beyond", from, to)).toEqual(inOrder(allowed));
    expect(await byUdp).toEqual([]);
  });

  it.skipIf(!isPossible)("[C-6-7.1] lets its machine begin nothing but what the page says", async () => {
    const out = (protocol: "tcp" | "udp", to: string) =>
      machine.reach(protocol, "inside", to === anyoneV6 ? v6 : v4, to);
    const tried = await Promise.all([
      ...[out("tcp", authority), out("udp", authority)],
      ...[out("tcp", anyone), out("udp", anyone), out("tcp", anyoneV6)],
      ...[out("tcp", administrator), out("udp", administrator)],
    ]);
    const [tcp, udp] = (["TCP", "UDP"] as const).map((one) => inTheTable("public zone", "authority's room", one));
    expect(tried).toEqual([tcp, udp, [], [], [], [], []]);
  });
});
