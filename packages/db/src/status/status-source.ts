/** What a responder knows of certificates: read live, and told of every revocation. */

import { setImmediate as nextTurn } from "node:timers/promises";
import type { CertificateStanding, RevocationReason } from "@mitome/ca";
import { parseSerialNumber, type SerialNumber } from "@mitome/x509";
import type pg from "pg";
import { batched } from "../batched.ts";
import { openPrimaryPool, plannedOnce } from "../connection.ts";
import { openListener } from "./open-listener.ts";

/** Whose key issued a certificate. */
interface Issuer {
  readonly authority: string;
  readonly generation: number;
}

type Status = Pick<CertificateStanding, "state" | "notAfter" | "revocation">;
type Notice = { readonly authority: string; readonly serial: SerialNumber } | "everything";

interface StatusRow {
  readonly serial: string;
  readonly state: CertificateStanding["state"];
  readonly not_after: Date;
  readonly revoked_at: Date | null;
  readonly reason: RevocationReason | null;
}

/** Where the ledger is, and for how long an earlier reading stands. Times in milliseconds. */
export interface StatusAddress {
  /** URL of ca_responder on the primary: a standby hears no notices, and is not asked. */
  readonly url: string;
  readonly readers: number;
  /** How long a reading stands after the last proof that notices arrive. */
  readonly freshFor: number;
}

const readStatus = {
  name: "status",
  text: `select serial, state, not_after, revoked_at, reason from ca.certificate_status
    where authority = $1::text and generation = $2::integer and serial = any($3::text[])`,
};

/** Serial numbers in one statement. */
const mostAtOnce = 256;
const proveEvery = 500;

/**
 * Certificates' status in PostgreSQL. Notices come on a connection of their own; a question answered there proves that
 * every notice before it has come (the server sends notices before the answer).
 */
export class PostgresStatusSource {
  readonly #address: StatusAddress;
  readonly #pool: pg.Pool;
  /** By authority and generation. */
  readonly #readers = new Map<string, (serial: SerialNumber) => Promise<Status | undefined>>();
  readonly #hearers: ((notice: Notice) => void)[] = [];
  /** The question on the listening connection that is under way, and the next one, for all who wait for notices. */
  #proof = Promise.resolve(true);
  #nextProof: Promise<boolean> | undefined;
  #listener: pg.Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #provenAt = 0;
  #closed = false;

  constructor(address: StatusAddress) {
    this.#address = address;
    this.#pool = openPrimaryPool(address.url, address.readers, plannedOnce);
  }

  /** Begins to listen; the ledger may come later. */
  async open(): Promise<void> {
    await this.#prove();
  }

  async read(issuer: Issuer, serials: readonly SerialNumber[]) {
    // Before the statement that the serial numbers go with.
    const asOf = new Date();
    const read = this.#readerOf(issuer);
    const found = await Promise.all(serials.map(async (serial) => [serial, await read(serial)] as const));
    const certificates = new Map<SerialNumber, Status>();
    for (const [serial, status] of found) if (status !== undefined) certificates.set(serial, status);
    return { asOf, certificates };
  }

  /** One statement for those who ask of an issuer's certificates while others are under way. */
  #readerOf(issuer: Issuer) {
    const key = `${issuer.authority}:${issuer.generation}`;
    const known = this.#readers.get(key);
    if (known !== undefined) return known;
    const ask = (serials: readonly SerialNumber[]) => this.#readAll(issuer, serials);
    const reader = batched(ask, { atOnce: this.#address.readers, most: mostAtOnce });
    this.#readers.set(key, reader);
    return reader;
  }

  async #readAll({ authority, generation }: Issuer, serials: readonly SerialNumber[]) {
    const { rows } = await this.#pool.query<StatusRow>(readStatus, [authority, generation, serials]);
    const certificates = new Map<SerialNumber, Status>();
    for (const { serial, state, not_after: notAfter, revoked_at: revokedAt, reason } of rows) {
      const known = parseSerialNumber(serial);
      const revocation = revokedAt === null || reason === null ? undefined : { revokedAt, reason };
      if (known !== undefined) certificates.set(known, { state, notAfter, revocation });
    }
    return certificates;
  }

  onRevocation(heard: (notice: Notice) => void): void {
    this.#hearers.push(heard);
  }

  /** True once every notice of what was committed before the call has come; false when nobody listens. */
  caughtUp(): Promise<boolean> {
    this.#nextProof ??= this.#proof.then(nextTurn).then(() => {
      this.#nextProof = undefined;
      this.#proof = this.#askListener();
      return this.#proof;
    });
    return this.#nextProof;
  }

  freshUntil(): Date {
    return new Date(this.#provenAt + this.#address.freshFor);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#listener?.end().catch(() => undefined);
    await this.#pool.end();
  }

  /** One question on the listening connection, and the next in a while. */
  async #prove(): Promise<void> {
    if (this.#listener === undefined) await this.#listen().catch(() => undefined);
    await this.caughtUp();
    if (!this.#closed) this.#timer = setTimeout(() => void this.#prove(), proveEvery).unref();
  }

  async #askListener(): Promise<boolean> {
    const listener = this.#listener;
    if (listener === undefined) return false;
    const asked = Date.now();
    try {
      await listener.query("");
    } catch {
      this.#listener = undefined;
      listener.end().catch(() => undefined);
      return false;
    }
    this.#provenAt = asked;
    return true;
  }

  async #listen(): Promise<void> {
    this.#listener = await openListener(this.#address.url, "revocation", (payload) => this.#hear(payload));
    // What was revoked while nobody listened.
    this.#tell("everything");
  }

  #hear(payload: string): void {
    const [authority = "", text = ""] = payload.split(":");
    const serial = parseSerialNumber(text);
    this.#tell(serial === undefined ? "everything" : { authority, serial });
  }

  #tell(notice: Notice): void {
    for (const hearer of this.#hearers) hearer(notice);
  }
}
