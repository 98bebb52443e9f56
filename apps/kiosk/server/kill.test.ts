import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { act, type Counter, clerkSees, openCounter, residentSees, until } from "./counter.fixture.ts";
import { blankCard, type ScriptedAgent } from "./scripted-agent.fixture.ts";
import { agree, chooseResident, compare, enterPassword, handOver, issue, type Pair, prove } from "./walk.fixture.ts";

const moments = ["before", "after", "recorded"] as const;
const of = (...effects: readonly string[]) =>
  effects.flatMap((effect) => moments.map((moment) => `${effect}:${moment}`));

let counter: Counter;
let agent: ScriptedAgent;
let pair: Pair;
let authority: Server;
let child: ChildProcess | null = null;
let config: string;

/** Starts the server as a process that kills itself at a point; without one it lives. */
async function startProcess(crashAt?: string): Promise<void> {
  writeFileSync(config, JSON.stringify({ ...counter.settings, ...(crashAt === undefined ? {} : { crashAt }) }));
  const program = fileURLToPath(new URL("./kiosk-process.fixture.ts", import.meta.url));
  const started = spawn(process.execPath, [program, config], { stdio: ["ignore", "pipe", "ignore"] });
  child = started;
  await new Promise<void>((resolve, reject) => {
    started.stdout?.once("data", () => resolve());
    started.once("exit", () => reject(new Error("it died at its start")));
  }).catch(() => {});
}

const died = (): Promise<void> =>
  new Promise((resolve) => {
    if (child === null || child.signalCode !== null) return resolve();
    child.once("exit", () => resolve());
  });

/** The agent dials again until it is through, as the real one does by itself, or the server is dead. */
async function reconnect(): Promise<void> {
  await agent.kill();
  const through = () =>
    agent.connect().then(
      () => true,
      () => child?.signalCode !== null,
    );
  await until(through, Boolean, "the gateway is back");
}

let kills = 0;

/** Does what leads to the first point, and kills the server at each point in turn; then starts one that lives. */
async function killAlong(points: readonly string[], lead: () => Promise<unknown>): Promise<void> {
  for (const [index, point] of points.entries()) {
    child?.kill("SIGKILL");
    await died();
    await startProcess(point);
    await reconnect();
    // The action may be answered by a dead server: what counts is what was stored.
    if (index === 0) await lead().catch(() => {});
    await Promise.race([died(), tooLong(point)]);
    expect(child?.signalCode, point).toBe("SIGKILL");
    kills += 1;
  }
  await startProcess();
  await reconnect();
}

function tooLong(point: string): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error(`not killed at ${point}`)), 20_000).unref());
}

beforeAll(async () => {
  counter = await openCounter();
  // The process has the machine's clock.
  counter.clock.now = new Date();
  pair = { clerk: await counter.clerkAtWork("counter-1"), resident: await counter.screen("resident", "counter-1") };
  await counter.close();
  authority = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", async () => {
      const { method, input } = JSON.parse(body);
      try {
        response.end(JSON.stringify(await Reflect.get(counter.authority, method).apply(counter.authority, input)));
      } catch {
        response.writeHead(503).end();
      }
    });
  });
  await new Promise<void>((resolve) => authority.listen(0, "127.0.0.1", resolve));
  const address = authority.address();
  Object.assign(counter.settings.authority, {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
  });
  config = join(counter.settings.temporaryDirectory, "..", "config.json");
  agent = counter.agent("counter-1");
});

afterAll(async () => {
  child?.kill("SIGKILL");
  await died();
  await agent?.kill();
  authority?.close();
  await counter?.stop();
});

const newCard = (cardNumber: string) => {
  counter.authority.stock.add(cardNumber);
  const card = blankCard(cardNumber);
  agent.place(card);
  return card;
};

describe("a kiosk server that is killed", () => {
  it("before, after and when recording each effect goes on at the very step", async () => {
    const card = newCard("MITOME0000000001");
    await killAlong(of("readCard"), () => act(pair.clerk, { type: "startNew" }));
    await clerkSees(pair.clerk, "searchRegister");
    await killAlong(of("checkHolding"), () => chooseResident(pair));
    await compare(pair);
    await prove(pair);
    await killAlong(of("openAttempt"), () => agree(pair));
    // A password is never stored: killed before the command was given, the resident enters it again for a new attempt.
    await killAlong(["makeKey:before", ...of("endAttempt")], () => enterPassword(pair));
    expect((await residentSees(pair.resident, "password")).again?.reason).toBe("passwordLost");
    await killAlong(["makeKey:after", "makeKey:recorded"], () => enterPassword(pair));
    await killAlong(of("requestIssuance", "storeCertificates", "confirmDelivery"), () => issue(pair));
    await handOver(pair);
    await clerkSees(pair.clerk, "menu");
    // One key, one request in the very same bytes however often it was sent, one certificate, on the card.
    expect(agent.operations.filter((operation) => operation === "makeKey")).toHaveLength(1);
    expect(counter.authority.requests.length).toBeGreaterThanOrEqual(2);
    expect(new Set(counter.authority.requests.map(({ payload, signature }) => payload + signature)).size).toBe(1);
    expect(card.certificate).not.toBeNull();
    expect(counter.authority.open).toEqual([]);
  }, 180_000);

  it("while it abandons a case still closes the attempt and erases the key", async () => {
    const card = newCard("MITOME0000000002");
    await act(pair.clerk, { type: "startNew" });
    await clerkSees(pair.clerk, "searchRegister");
    await chooseResident(pair, { dateOfBirth: "H010108", kana: "なかむら" });
    await compare(pair);
    await prove(pair);
    await agree(pair);
    await enterPassword(pair);
    await residentSees(pair.resident, "giveCardToClerk");
    expect(card.key).not.toBeNull();
    await killAlong(of("abandon"), () => act(pair.clerk, { type: "withdraw" }));
    expect((await clerkSees(pair.clerk, "ended")).outcome).toBe("withdrawn");
    expect(card.key).toBeNull();
    expect(counter.authority.open).toEqual([]);
    expect(
      counter.authority.requests.every(({ payload }) => !Buffer.from(payload, "base64").toString().includes("中村")),
    ).toBe(true);
  }, 120_000);

  it("was killed at every point there is", () => {
    expect(kills).toBe(3 * 8 + 3);
    process.stdout.write(`kiosk server: ${kills} kill points tried\n`);
  });
});
