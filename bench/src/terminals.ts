import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isInRepertoire } from "@mitome/characters";
import { type SyntheticResident, syntheticResidents } from "@mitome/testkit/residents";
import { sqlAs } from "@mitome/testkit/sql";
import { parseSerialNumber, type SerialNumber } from "@mitome/x509";
import { z } from "zod";
import type { AuthorityRun } from "./authority-run.ts";
import { type LoadKey, loadKeys } from "./load-keys.ts";
import { Municipality } from "./municipality.ts";
import { prepareRequest, type Subscriber } from "./prepared-request.ts";

/** What the terminal that made it knows of a certificate. Instants in milliseconds: before a call, and after its answer. */
export interface TerminalRecord {
  readonly municipality: string;
  readonly issuedBy: number;
  revocation?: { readonly sent: number; readonly answeredBy: number | undefined };
}

/** How all terminals work. */
export interface TerminalPlan {
  readonly terminals: number;
  /** Instant in milliseconds after which nobody begins anything. */
  readonly until: number;
  /** Milliseconds between two cases of a terminal, at most. */
  readonly idle: number;
  /** Milliseconds after an issuance in which something may be revoked, at most. */
  readonly hold: number;
  /** Hears of a certificate whose state has changed or is about to. */
  readonly heard: (serial: SerialNumber) => void;
}

/** What came of it: latencies in milliseconds. */
export interface TerminalOutcome {
  readonly records: ReadonlyMap<SerialNumber, TerminalRecord>;
  readonly issuing: readonly number[];
  readonly revoking: readonly number[];
  readonly errors: readonly string[];
}

/** As many as a municipality's server opens. */
const connections = 16;
const revokedShare = 0.6;
const issued = z.object({
  kind: z.literal("issued"),
  serial: z.string().transform((text) => parseSerialNumber(text) ?? z.NEVER),
});
const revoked = z.object({ kind: z.literal("revoked"), serial: z.string() });

/** Terminals of all municipalities at work: they issue to one resident after the other, and revoke some of it. */
export class Terminals implements TerminalOutcome {
  readonly records = new Map<SerialNumber, TerminalRecord>();
  readonly issuing: number[] = [];
  readonly revoking: number[] = [];
  readonly errors: string[] = [];
  readonly #run: AuthorityRun;
  readonly #municipalities: readonly Municipality[];
  readonly #plan: TerminalPlan;
  readonly #stock: Stock;

  constructor(run: AuthorityRun, stock: Stock, plan: TerminalPlan) {
    this.#run = run;
    this.#plan = plan;
    this.#municipalities = run.servers.map((server) => new Municipality(run, server, connections));
    this.#stock = stock;
  }

  /** Works until the plan's end. */
  async work(): Promise<void> {
    const { terminals } = this.#plan;
    const all = this.#municipalities.flatMap((municipality) =>
      Array.from({ length: terminals }, () => this.#workAt(municipality)),
    );
    await Promise.all(all);
    await Promise.all(this.#municipalities.map((municipality) => municipality.close()));
  }

  /** One terminal: a case, a while, perhaps a revocation of one that it issued, a while. */
  async #workAt(municipality: Municipality): Promise<void> {
    const held: SerialNumber[] = [];
    const { until, idle, hold } = this.#plan;
    const wait = (most: number) => pause(Math.max(0, Math.min(Math.random() * most, until - Date.now())));
    for (await wait(idle); Date.now() < until; await wait(idle)) {
      try {
        held.push(await this.#issue(municipality));
        await wait(hold);
        if (Math.random() < revokedShare && Date.now() < until) await this.#revoke(municipality, takeAny(held));
      } catch (error) {
        this.errors.push(error instanceof Error ? error.message : String(error));
      }
    }
  }

  async #issue(municipality: Municipality): Promise<SerialNumber> {
    const subscriber = this.#stock.get(municipality.code)?.pop();
    if (subscriber === undefined) throw new Error("nobody is left to be issued to");
    const { authority, cardMasterKey } = this.#run;
    const body = await prepareRequest(authority, municipality, subscriber, cardMasterKey);
    const sent = performance.now();
    const { serial } = issued.parse(await municipality.call("issuance.request", body));
    this.records.set(serial, { municipality: municipality.code, issuedBy: Date.now() });
    this.issuing.push(performance.now() - sent);
    this.#plan.heard(serial);
    return serial;
  }

  async #revoke(municipality: Municipality, serial: SerialNumber): Promise<void> {
    const record = this.records.get(serial);
    if (record === undefined) throw new Error("a certificate of nobody");
    const request = {
      ...{ version: 1, authority: this.#run.authority, municipality: municipality.code, caseId: randomUUID() },
      ...{ clerk: "load", requestedAt: new Date().toISOString(), serial },
      cause: Math.random() < 0.5 ? "cessationRequested" : "keyCompromiseReported",
    };
    const payload = Buffer.from(JSON.stringify(request));
    const signed = { payload: payload.toString("base64"), signature: municipality.sign("revocation", payload) };
    this.#plan.heard(serial);
    const [sent, begun] = [Date.now(), performance.now()];
    record.revocation = { sent, answeredBy: undefined };
    revoked.parse(await municipality.call("revocation.request", JSON.stringify(signed)));
    record.revocation = { sent, answeredBy: Date.now() };
    this.revoking.push(performance.now() - begun);
    this.#plan.heard(serial);
  }
}

/** The last one or any earlier, taken out. */
function takeAny(held: SerialNumber[]): SerialNumber {
  const at = Math.random() < 0.5 ? held.length - 1 : Math.floor(Math.random() * held.length);
  const [taken] = held.splice(at, 1);
  if (taken === undefined) throw new Error("nothing is held");
  return taken;
}

/** By municipality: whom its terminals issue to, each with a key and a card. */
type Stock = ReadonlyMap<string, Subscriber[]>;

/** Puts so many cards into the stock of each municipality, with a resident whose name needs no substitute and a key for each. */
export async function stockUp(run: AuthorityRun, cards: number): Promise<Stock> {
  const residents: Iterator<SyntheticResident, void> = nameable();
  const keys: Iterator<LoadKey, void> = loadKeys(cards * run.servers.length);
  const ledger = sqlAs(run.postgres.ownerUrl);
  const stock = new Map<string, Subscriber[]>();
  for (const { municipality } of run.servers) {
    const subscribers = Array.from({ length: cards }, (_, index): Subscriber => {
      const [resident, key] = [residents.next().value, keys.next().value];
      if (resident === undefined || key === undefined) throw new Error("no resident or key is left");
      return { resident, key, cardNumber: `LOAD${municipality}${String(index).padStart(6, "0")}` };
    });
    stock.set(municipality, subscribers);
    const numbers = subscribers.map(({ cardNumber }) => cardNumber);
    await ledger`insert into ca.card (card_number, authority, municipality)
      select unnest(${numbers}::text[]), ${run.authority}::text, ${municipality}::text`;
  }
  await ledger.end();
  return stock;
}

function* nameable(): Generator<SyntheticResident, void> {
  for (const resident of syntheticResidents({ count: Number.POSITIVE_INFINITY }))
    if (isInRepertoire(resident.name + resident.address)) yield resident;
}
