/**
 * Which machines may call now. Asked on every request from memory; the ledger tells of each change, and everything is
 * read again every few seconds in case a notice was lost. A revoked machine's open connections are closed.
 */
import type { TLSSocket } from "node:tls";
import { type Caller, EquipmentTrust } from "@mitome/ca";
import { type EquipmentState, readEquipment, watchEquipment } from "@mitome/db/ca";
import type pg from "pg";
import { log } from "./log.ts";

const rereadEvery = 10_000;

/** The machines of one authority. */
export class EquipmentDirectory {
  readonly #url: string;
  readonly #reader: pg.Pool;
  readonly #authority: string;
  readonly #trust: EquipmentTrust;
  readonly #now: () => Date;
  readonly #callers = new WeakMap<TLSSocket, Caller>();
  readonly #sockets = new Set<TLSSocket>();
  #living = new Map<string, EquipmentState>();
  #reading = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #stopWatching: (() => Promise<void>) | undefined;

  /** `url` is the ledger's, to hear of changes by; `reader` reads it. */
  constructor(
    { url, reader }: { readonly url: string; readonly reader: pg.Pool },
    authority: string,
    rootPublicKeyInfo: Uint8Array,
    now: () => Date,
  ) {
    this.#url = url;
    this.#reader = reader;
    this.#authority = authority;
    this.#trust = new EquipmentTrust(authority, rootPublicKeyInfo);
    this.#now = now;
  }

  /** Reads the machines and begins to hear of changes. */
  async open(): Promise<void> {
    this.#stopWatching = await watchEquipment(this.#url, () => void this.#reread());
    await this.#reread();
    this.#timer = setInterval(() => void this.#reread(), rereadEvery);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    await this.#stopWatching?.();
  }

  /** Takes a new connection: remembers who it is, or closes it. The peer's certificate is parsed here, once. */
  admit(socket: TLSSocket): void {
    const raw = socket.getPeerX509Certificate()?.raw;
    const equipment = raw && this.#trust.recognise(raw);
    if (equipment === undefined || raw === undefined) return void socket.destroy();
    this.#callers.set(socket, { ...equipment, certificate: raw });
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
  }

  /** Who is calling on this connection, if his certificate is still in force at this moment. */
  callerOn(socket: TLSSocket): Caller | undefined {
    const caller = this.#callers.get(socket);
    return caller !== undefined && this.#isLiving(caller) ? caller : undefined;
  }

  /** As `callerOn`, after reading the ledger once more: his certificate may be a moment old. */
  async callerAfterReading(socket: TLSSocket): Promise<Caller | undefined> {
    if (!this.#callers.has(socket)) return undefined;
    await this.#reread();
    return this.callerOn(socket);
  }

  /** Fingerprints of a municipality's machines that are in force. */
  inForceOf(municipality: string): readonly string[] {
    return [...this.#living.values()].filter((one) => one.municipality === municipality).map((one) => one.fingerprint);
  }

  #isLiving({ fingerprint, notAfter, notBefore }: Caller): boolean {
    const now = this.#now();
    return this.#living.has(fingerprint) && now >= notBefore && now <= notAfter;
  }

  /** One reading after another, so that an older one never undoes a newer. */
  async #reread(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    await this.#reading;
  }

  async #read(): Promise<void> {
    const before = this.#living;
    try {
      const equipment = await readEquipment(this.#reader, this.#authority);
      this.#living = new Map(equipment.map((one) => [one.fingerprint, one]));
    } catch {
      log("warn", "CA004");
    }
    for (const socket of this.#sockets) {
      const { fingerprint = "" } = this.#callers.get(socket) ?? {};
      if (before.has(fingerprint) && this.callerOn(socket) === undefined) socket.destroy();
    }
  }
}
