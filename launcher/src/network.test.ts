import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listeningSockets, socketsOf } from "./listening.fixture.ts";
import { makePlace, type StackPlace } from "./place.ts";
import { root } from "./places.ts";
import { processesUnder } from "./proc.fixture.ts";
import { type Stack, startStack } from "./stack.ts";

let place: StackPlace;
let stack: Stack;

beforeAll(async () => {
  place = await makePlace();
  stack = await startStack(place, { ports: "free", residents: 0, pages: false, cards: 1 });
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  await place?.clear();
});

/** What docs/network.md says listens: `<program>: TCP` or `<program>: Unix <path>`, once for each row of its table. */
function listenersInThePage(): readonly string[] {
  const page = readFileSync(join(root, "docs/network.md"), "utf8");
  const rows = [...page.matchAll(/^\| (\S+) +\| (TCP|Unix)(?: `([^`]+)`)?[^|]*\|/gm)];
  return rows.map(([, program, kind, path]) => `${program}: ${kind}${kind === "Unix" ? ` ${path}` : ""}`).toSorted();
}

/** What listens, by the program whose process or child has the socket; addresses as in `listeningSockets`. */
function listenersRunning(): readonly (readonly [program: string, address: string])[] {
  const started = stack.processes.list();
  const programs = [...started, { name: "postgres", pid: stack.authority.cluster.pid }];
  const named = new Map(programs.flatMap(({ name, pid }) => processesUnder([pid]).map((one) => [one.pid, name])));
  // What else this process started, such as slapd.
  for (const { pid, commandLine } of processesUnder([process.pid])) {
    const command = basename(commandLine.toString().split("\0", 1)[0] ?? "");
    if (pid !== process.pid && !named.has(pid)) named.set(pid, command);
  }
  const sockets = listeningSockets();
  const found = new Map<string, readonly [string, string]>();
  for (const [pid, name] of named) {
    const own = socketsOf(pid);
    for (const { inode, address } of sockets)
      if (own.has(inode)) found.set(`${name} ${inode}`, [name, address.replace(`${place.runDir}/`, "")]);
  }
  return [...found.values()];
}

describe("docs/network.md", () => {
  it("[C-6-7.1] names every listening socket of every process, and nothing that does not listen", () => {
    const running = listenersRunning().map(
      ([program, address]) => `${program}: ${address.startsWith("Unix") ? address : address.split(" ")[0]}`,
    );
    expect(running.toSorted()).toEqual(listenersInThePage());
  });

  it("is right that no program of the demonstration is reached from another machine", () => {
    const beyond = listenersRunning().filter(([, address]) => !/^Unix |^TCP (127\.0\.0\.1|::1)$/.test(address));
    expect(beyond).toEqual([]);
  });
});

describe("the firewall's rules in docs/network.md", () => {
  const page = readFileSync(join(root, "docs/network.md"), "utf8");
  const ports = (text: string) =>
    [...text.matchAll(/\d+/g)].map(([port]) => Number(port)).toSorted((one, other) => one - other);

  it("[C-6-7.1] let in from anyone what the table says, and nothing else", () => {
    const rows = [...page.matchAll(/^\| anyone \| public zone \| ([\d, ]+) \|/gm)]
      .map(([, found = ""]) => found)
      .join();
    const rules = [...page.matchAll(/^ +tcp dport \{ ([\d, ]+) \} accept$/gm)].map(([, found = ""]) => found).join();
    expect(ports(rules)).toEqual(ports(rows));
    expect(page.match(/policy drop;/g)).toHaveLength(3);
  });
});
