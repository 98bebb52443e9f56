import { Agent } from "node:https";
import { connect as connectTls } from "node:tls";
import type { AgentStep } from "@mitome/card";
import type { KeyStep } from "@mitome/ra";
import { makeSoftAuthority } from "@mitome/testkit/soft-authority";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import {
  type Counter,
  clerkSees,
  municipality,
  openCounter,
  residentAct,
  residentSees,
  sealPassword,
  until,
} from "./counter.fixture.ts";
import { type AgentPlace, blankCard, ScriptedAgent } from "./scripted-agent.fixture.ts";
import {
  agree,
  chooseResident,
  compare,
  enterPassword,
  handOver,
  issue,
  type Pair,
  prove,
  start,
  toPassword,
} from "./walk.fixture.ts";

let counter: Counter;
beforeAll(async () => {
  counter = await openCounter();
});
afterAll(() => counter?.stop());

let cards = 0;
const newCard = () => {
  cards += 1;
  const card = blankCard(`MITOME${String(cards).padStart(10, "0")}`);
  counter.authority.stock.add(card.cardNumber);
  counter.authority.held.clear();
  return card;
};

const pairAt = async (place: string): Promise<Pair> => ({
  clerk: await counter.clerkAtWork(place),
  resident: await counter.screen("resident", place),
});

/** How a dialling machine fares: open, or closed. */
function dial(place: Partial<AgentPlace> & { url: string }, path = ""): Promise<"open" | "closed"> {
  const { rootPem: ca, certificatePem: cert, keyPem: key } = { rootPem: counter.agentPlace("x").rootPem, ...place };
  const agent = new Agent({ ...(ca ? { ca } : {}), ...(cert ? { cert } : {}), ...(key ? { key } : {}) });
  return new Promise((resolve) => {
    const socket = new WebSocket(place.url + path, { agent });
    socket.once("open", () => {
      resolve("open");
      socket.terminate();
    });
    socket.once("error", () => resolve("closed"));
    socket.once("close", () => resolve("closed"));
  });
}

describe("the agent gateway's border", () => {
  const of = (kind: Parameters<Counter["soft"]["equip"]>[0], code: string) =>
    counter.agentPlace("counter-1", counter.soft.equip(kind, code, "counter-1"));

  it("takes an agent of this municipality", async () => {
    expect(await dial(of("agent", municipality))).toBe("open");
  });

  it.each([
    ["another municipality's agent", () => of("agent", "122041")],
    ["a clerk's screen", () => of("clerk-screen", municipality)],
    ["a resident's screen", () => of("resident-screen", municipality)],
    ["a municipality's server", () => of("server", municipality)],
    ["a machine without a certificate", () => ({ url: counter.gatewayUrl })],
    [
      "an agent of a foreign root",
      () => {
        const foreign = makeSoftAuthority(new Date(Date.now() - 3_600_000)).equip("agent", municipality, "counter-1");
        const { certificatePem, keyPem } = counter.pems(foreign);
        return { url: counter.gatewayUrl, certificatePem, keyPem };
      },
    ],
  ])("closes on %s", async (_, place) => {
    expect(await dial(place())).toBe("closed");
  });

  it("closes on an agent that the authority does not name as in force, and within a minute on one that it names no more", async () => {
    const agent = counter.agent("counter-32");
    const named = [...counter.authority.machines];
    await agent.connect();
    const pair = await pairAt("counter-32");
    await until(
      () => clerkSees(pair.clerk, "menu"),
      (view) => view.agent,
      "there",
    );
    counter.authority.machines.clear();
    expect(await dial(of("server", municipality))).toBe("closed");
    // A dialling stranger makes the server ask at once; without one it asks every fifteen seconds.
    const stranger = counter.agentPlace("counter-33");
    counter.authority.machines.clear();
    expect(await dial(stranger)).toBe("closed");
    await until(
      () => clerkSees(pair.clerk, "menu"),
      (view) => !view.agent,
      "gone",
    );
    for (const fingerprint of named) counter.authority.machines.add(fingerprint);
    await agent.kill();
  });

  it("closes on a resumed TLS session too, once the certificate is no longer in force", async () => {
    const { rootPem: ca, certificatePem: cert, keyPem: key } = counter.agentPlace("counter-34");
    const own = [...counter.authority.machines].at(-1) ?? "";
    const { port } = counter.settings.gateway;
    const dialTls = (session?: Buffer) =>
      new Promise<{ reused: boolean; answer: string; session: Buffer | undefined }>((resolve) => {
        let ticket: Buffer | undefined;
        const socket = connectTls({
          host: "127.0.0.1",
          port,
          servername: "localhost",
          ca,
          cert,
          key,
          ...(session ? { session } : {}),
        });
        let answer = "";
        let reused = false;
        socket.on("session", (given) => {
          ticket = given;
        });
        socket.on("secureConnect", () => {
          reused = socket.isSessionReused();
          const upgrade = [
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            `Sec-WebSocket-Key: ${"A".repeat(22)}==`,
          ];
          socket.write(`GET /agent HTTP/1.1\r\nHost: localhost\r\n${upgrade.join("\r\n")}\r\n\r\n`);
        });
        socket.on("data", (data) => {
          answer += String(data);
          socket.destroy();
        });
        socket.on("error", () => {});
        socket.on("close", () => resolve({ reused, answer: answer.slice(0, 12), session: ticket }));
      });
    const first = await dialTls();
    expect(first.answer).toBe("HTTP/1.1 101");
    const again = await dialTls(first.session);
    expect(again).toMatchObject({ reused: true, answer: "HTTP/1.1 101" });
    counter.authority.machines.delete(own);
    // A stranger makes the server ask anew.
    const stranger = counter.agentPlace("counter-35");
    const named = [...counter.authority.machines].at(-1) ?? "";
    counter.authority.machines.delete(named);
    await dial(stranger);
    expect((await dialTls(again.session ?? first.session)).answer).toBe("");
  });

  it("closes on any other path", async () => {
    expect(await dial(of("agent", municipality), "/other")).toBe("closed");
  });

  it("closes on a session key that the terminal's key did not sign, before a page sees it", async () => {
    const own = counter.agentPlace("counter-30");
    const stranger = counter.agentPlace("counter-31");
    const liar = new ScriptedAgent({ ...own, keyPem: own.keyPem, terminal: "counter-31" });
    await liar.connect();
    await until(
      () => counter.log.some(({ code, fields }) => code === "K013" && fields.reason === "sessionKey"),
      Boolean,
      "refused",
    );
    expect(stranger.terminal).toBe("counter-31");
    const pair = await pairAt("counter-30");
    expect((await clerkSees(pair.clerk, "menu")).agent).toBe(false);
    await liar.kill();
  });
});

describe("a card operation", () => {
  it("is one command, bound to terminal, case, attempt and card, with a number used once", async () => {
    const agent = counter.agent("counter-2");
    const pair = await pairAt("counter-2");
    await agent.connect();
    const card = newCard();
    agent.place(card);
    const caseId = await toPassword(pair);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    const numbers = agent.commands.map(({ commandNumber }) => commandNumber);
    expect(agent.commands.map(({ operation }) => operation)).toEqual(["status", "makeKey", "storeCertificates"]);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const command of agent.commands) {
      expect(command).toMatchObject({ terminal: "counter-2", caseId, attempt: 1, cardNumber: card.cardNumber });
      expect(Date.parse(command.expiresAt) - counter.clock.now.getTime()).toBeLessThanOrEqual(10 * 60_000);
    }
    await agent.kill();
  });

  it("goes on with the same command when the agent died in the middle and comes back with its journal", async () => {
    const agent = counter.agent("counter-3");
    const pair = await pairAt("counter-3");
    await agent.connect();
    const card = newCard();
    agent.place(card);
    await toPassword(pair);
    await enterPassword(pair);
    agent.before = async ({ operation }) => {
      if (operation === "storeCertificates") await agent.kill();
    };
    await issue(pair);
    // It ran to its end, but its answer never left the machine.
    await until(
      () => card.certificate,
      (stored) => stored !== null,
      "stored",
    );
    await until(
      () => clerkSees(pair.clerk, "working"),
      ({ trouble }) => trouble?.reason === "agentAbsent",
      "agent away",
    );
    agent.before = () => {};
    await agent.connect();
    await handOver(pair);
    expect(agent.operations.filter((operation) => operation === "storeCertificates")).toHaveLength(1);
    await agent.kill();
  });

  it("leads back to the password when the card was pulled while the key was made, as a new attempt", async () => {
    const agent = counter.agent("counter-4");
    const pair = await pairAt("counter-4");
    await agent.connect();
    const card = newCard();
    agent.place(card);
    const caseId = await toPassword(pair);
    agent.before = ({ operation }) => {
      if (operation !== "makeKey") return;
      agent.place(null);
      throw new Error("pulled");
    };
    await enterPassword(pair);
    await residentSees(pair.resident, "placeCard");
    agent.before = () => {};
    agent.place(card);
    const again = await residentSees(pair.resident, "password");
    expect(again.again?.reason).toBe("cardRemoved");
    expect(again.sealingKey?.binding.attempt).toBe(2);
    expect(counter.authority.open).toEqual([`${caseId}:2`]);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    await agent.kill();
  });

  it("is given anew when the card was pulled while the certificate was written, and the case goes on from there", async () => {
    const agent = counter.agent("counter-10");
    const pair = await pairAt("counter-10");
    await agent.connect();
    const card = newCard();
    agent.place(card);
    await toPassword(pair);
    await enterPassword(pair);
    agent.before = ({ operation }) => {
      if (operation !== "storeCertificates") return;
      agent.place(null);
      throw new Error("pulled");
    };
    await issue(pair);
    const working = () => clerkSees(pair.clerk, "working");
    const waiting = await until(working, ({ trouble }) => trouble?.reason === "cardAbsent", "card absent");
    expect(waiting).toMatchObject({ work: "store", custody: { doNotRemove: true, onReader: false } });
    agent.before = () => {};
    agent.place(card);
    await handOver(pair);
    expect(card.certificate).not.toBeNull();
    const stores = agent.commands.filter(({ operation }) => operation === "storeCertificates");
    expect(new Set(stores.map(({ commandId }) => commandId)).size).toBe(2);
    expect(
      counter.authority.requests.filter(({ payload }) => payload === counter.authority.requests.at(-1)?.payload),
    ).toHaveLength(1);
    await agent.kill();
  });

  it("waits for the card of the case and takes no other", async () => {
    const agent = counter.agent("counter-5");
    const pair = await pairAt("counter-5");
    await agent.connect();
    const card = newCard();
    agent.place(card);
    await toPassword(pair);
    const { sealingKey } = await residentSees(pair.resident, "password");
    if (sealingKey === null) throw new Error("the agent is away");
    agent.place(newCard());
    await residentSees(pair.resident, "placeCard");
    await residentAct(pair.resident, await sealPassword("ABC123", sealingKey));
    await until(
      () => residentSees(pair.resident, "makingKey"),
      ({ trouble }) => trouble?.reason === "otherCard",
      "other card",
    );
    agent.place(card);
    await issue(pair);
    await handOver(pair);
    await agent.kill();
  });

  it("shows the resident what the card does with the key, step by step", async () => {
    const agent = counter.agent("counter-12");
    const pair = await pairAt("counter-12");
    await agent.connect();
    agent.place(newCard());
    await toPassword(pair);
    const shown: string[] = [];
    const expected: Partial<Record<AgentStep, KeyStep>> = {
      authenticate: "generate",
      generateKey: "generate",
      setPassword: "setPassword",
      proofOfPossession: "proof",
    };
    agent.during = async (told) => {
      const making = () => residentSees(pair.resident, "makingKey");
      const { step } = await until(making, (view) => view.step === expected[told], `${told} shown`);
      shown.push(step);
    };
    await enterPassword(pair);
    await issue(pair);
    expect(shown).toEqual(["generate", "generate", "setPassword", "proof"]);
    await handOver(pair);
    await agent.kill();
  });

  it("claims no step of the key that a server just started does not know of", async () => {
    const agent = counter.agent("counter-13");
    const pair = await pairAt("counter-13");
    await agent.connect();
    agent.place(newCard());
    await toPassword(pair);
    const restarted = Promise.withResolvers<void>();
    agent.during = (step) => (step === "proofOfPossession" ? restarted.promise : undefined);
    await enterPassword(pair);
    const making = () => residentSees(pair.resident, "makingKey");
    await until(making, ({ step }) => step === "proof", "proof shown");
    await counter.restart();
    expect(await making()).toMatchObject({ step: "generate" });
    await agent.connect();
    restarted.resolve();
    await issue(pair);
    await handOver(pair);
    await agent.kill();
  });

  it("has one number, however many screens ask for it at once", async () => {
    const agent = counter.agent("counter-11");
    const pair = await pairAt("counter-11");
    await agent.connect();
    agent.place(newCard());
    await toPassword(pair);
    await residentSees(pair.resident, "password");
    await agent.kill();
    await agent.connect();
    const seen = await Promise.all(Array.from({ length: 6 }, () => residentSees(pair.resident, "password")));
    const numbers = seen.flatMap(({ sealingKey }) => (sealingKey === null ? [] : [sealingKey.binding.commandNumber]));
    expect(numbers.length).toBeGreaterThan(0);
    expect(new Set(numbers).size).toBe(1);
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    await agent.kill();
  });

  it("never takes a password that was sealed for an older view", async () => {
    const agent = counter.agent("counter-6");
    const pair = await pairAt("counter-6");
    await agent.connect();
    agent.place(newCard());
    await toPassword(pair);
    const { sealingKey } = await residentSees(pair.resident, "password");
    if (sealingKey === null) throw new Error("the agent is away");
    const old = await sealPassword("ABC123", sealingKey);
    await agent.kill();
    await agent.connect();
    await until(
      () => residentSees(pair.resident, "password"),
      (view) => view.sealingKey !== null && view.sealingKey.binding.commandNumber !== old.commandNumber,
      "a new key",
    );
    expect(await residentAct(pair.resident, old)).toEqual({ kind: "notNow" });
    await enterPassword(pair);
    await issue(pair);
    await handOver(pair);
    await agent.kill();
  });

  it("asks the authority for the case of the command alone: a terminal cannot name another", async () => {
    const agent = counter.agent("counter-7");
    const pair = await pairAt("counter-7");
    await agent.connect();
    agent.place(newCard());
    await toPassword(pair);
    const { rootPem: ca, certificatePem: cert, keyPem: key, url } = counter.agentPlace("counter-8");
    const socket = new WebSocket(url, { agent: new Agent({ ca, cert, key }) });
    await new Promise((resolve) => socket.once("open", resolve));
    const answered = new Promise<string>((resolve) => socket.once("message", (data) => resolve(String(data))));
    const commandId = agent.commands[0]?.commandId;
    const cardNumber = agent.card?.cardNumber;
    const sessions = () => counter.authority.calls.filter((call) => call === "openCardSession").length;
    const before = sessions();
    const cardChallenge = Buffer.alloc(16).toString("base64");
    socket.send(JSON.stringify({ type: "need", commandId, need: "hostChallenge", cardNumber, cardChallenge }));
    expect(JSON.parse(await answered).answer).toEqual({ kind: "refused", reason: "commandNotGiven" });
    expect(sessions()).toBe(before);
    socket.terminate();
    await agent.kill();
  });
});

describe("千葉県運用規程 2-1-3(12)(13): a password", () => {
  it("[C-2-1-3.12] is in no table and no log, neither plain nor sealed", async () => {
    const agent = counter.agent("counter-9");
    const pair = await pairAt("counter-9");
    await agent.connect();
    agent.place(newCard());
    await start(pair);
    await chooseResident(pair);
    await compare(pair);
    await prove(pair);
    await agree(pair);
    const { sealingKey } = await residentSees(pair.resident, "password");
    if (sealingKey === null) throw new Error("the agent is away");
    const sealed = await sealPassword("CANARY77", sealingKey);
    await residentAct(pair.resident, sealed);
    await issue(pair);
    await handOver(pair);
    expect(agent.card?.password).toBe("CANARY77");
    const tables =
      await counter.owner`select table_name as name from information_schema.tables where table_schema = 'ra'`;
    let rows = 0;
    for (const { name } of tables) {
      for (const { text } of await counter.owner.run(`select to_jsonb(t)::text as text from ra."${name}" t`)) {
        rows += 1;
        for (const secret of ["CANARY77", sealed.sealedPassword.enc, sealed.sealedPassword.ciphertext]) {
          expect(String(text).includes(secret)).toBe(false);
        }
      }
    }
    expect(rows).toBeGreaterThan(20);
    const log = JSON.stringify(counter.log);
    for (const secret of ["CANARY77", sealed.sealedPassword.ciphertext, "山田", "市場町", "319640107", "やまだ"]) {
      expect(log.includes(secret)).toBe(false);
    }
    await agent.kill();
  });
});
