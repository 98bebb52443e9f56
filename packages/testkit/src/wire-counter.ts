/** A municipality's server over the wire: enrolled with a one-time code, with cards that make right requests. */
import { createPrivateKey, randomUUID } from "node:crypto";
import { type CaClient, createCaClient } from "@mitome/ca-api/client";
import { enrolMachine } from "@mitome/ca-api/enrol";
import type { RunningAuthority, RunningProgram } from "./running-authority.ts";
import { makeSoftKey, type RequestPayload, type SoftKey, signRequest } from "./soft-authority.ts";
import { SoftCard } from "./soft-issuing-authority.ts";

/** One counter's machine. */
export class WireCounter {
  readonly authority: RunningAuthority;
  readonly municipality: string;
  /** PEM. */
  readonly machine: { readonly key: string; readonly certificate: string; readonly root: string };
  /** What the authority's answers carried as `mitome-audit-head`, oldest first. */
  readonly witnessed: string[] = [];
  #client: CaClient;

  private constructor(authority: RunningAuthority, municipality: string, machine: WireCounter["machine"]) {
    this.authority = authority;
    this.municipality = municipality;
    this.machine = machine;
    this.#client = this.#connect(authority.programs.ca);
  }

  static async enrol(authority: RunningAuthority, municipality: string, place: string): Promise<WireCounter> {
    const { code } = await authority.script("enrol", "server", municipality, place);
    const machine = await enrolMachine(String(authority.programs.ca.ready.enrolment), String(code));
    return new WireCounter(authority, municipality, machine);
  }

  get calls(): CaClient["calls"] {
    return this.#client.calls;
  }

  /** Calls this process of the authority from now on, such as one that was started again. */
  async callAt(program: RunningProgram): Promise<void> {
    await this.#client.close();
    this.#client = this.#connect(program);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  #connect(program: RunningProgram): CaClient {
    const { root, certificate, key } = this.machine;
    const address = { url: String(program.ready.listen), root, certificate, key };
    return createCaClient(address, (head) => this.witnessed.push(head));
  }

  /** Puts this many new cards into the stock; their numbers. */
  async receiveCards(count: number): Promise<readonly string[]> {
    const numbers = Array.from({ length: count }, () => randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase());
    await this.authority.script("card-stock", this.municipality, numbers.join(","));
    return numbers;
  }

  /** Opens an attempt with this card and makes a right request for this resident. */
  async openCase(
    cardNumber: string,
    changes: RequestPayload,
    key: SoftKey = makeSoftKey({ kind: "ec", curve: "P-384" }),
  ): Promise<WireCase> {
    const caseId = randomUUID();
    const opened = await this.calls.cards.openCase.mutate({ caseId, attempt: 1, cardNumber });
    if (opened.kind === "refused") throw new Error(`the case was not opened: ${opened.reason}`);
    const challenge = Buffer.from(opened.caseChallenge, "base64");
    const { cardComponents, definition } = this.authority;
    const payload = new SoftCard(cardNumber, cardComponents).request({
      ...{ at: new Date(), caseId, attempt: 1, challenge, key },
      changes: { authority: definition.id, municipality: this.municipality, ...changes },
    });
    return { caseId, cardNumber, payload, request: this.sign(payload) };
  }

  /** The request as it goes over the wire. */
  sign(payload: RequestPayload): { readonly payload: string; readonly signature: string } {
    const signed = signRequest({ key: { privateKey: createPrivateKey(this.machine.key) } }, payload);
    return {
      payload: Buffer.from(signed.payload).toString("base64"),
      signature: Buffer.from(signed.signature).toString("base64"),
    };
  }
}

/** An open case with its request. */
export interface WireCase {
  readonly caseId: string;
  readonly cardNumber: string;
  readonly payload: RequestPayload;
  readonly request: { readonly payload: string; readonly signature: string };
}

/** The nth resident of the tests: own resident code, address and, unless born as another, birth date. */
export function wireResident(number: number, bornAs = number): RequestPayload {
  const day = new Date(Date.UTC(1950, 0, 1 + (bornAs % 10_000)));
  const date = `3${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
  const name = "山田　花子";
  const address = `千葉県千葉市中央区市場町${[...String(number)].map((digit) => "０１２３４５６７８９"[Number(digit)]).join("")}`;
  return {
    residentCode: String(10_000_000_000 + number),
    items: {
      ...{ name, dateOfBirth: date, gender: "2", address },
      nameSubstitutions: "0".repeat([...name].length),
      addressSubstitutions: "0".repeat([...address].length),
    },
  };
}
