/** A repository, its locks and the ledger behind it in memory, for tests alone. */
import type { PublicationLedger, PublicationLocks, RepositoryObject, RepositoryTarget } from "@mitome/ca";
import { formatDn } from "@mitome/x509";

const keyOf = (object: RepositoryObject): string =>
  object.kind === "certificateRevocationList" ? formatDn(object.point) : object.kind;

/** A repository whose values a test may also change behind everybody's back. */
export class MemoryRepository implements RepositoryTarget {
  readonly name = "memory";
  readonly #values = new Map<string, readonly Uint8Array[]>();

  async read(object: RepositoryObject): Promise<readonly Uint8Array[]> {
    return this.#values.get(keyOf(object)) ?? [];
  }

  async publish(object: RepositoryObject, values: readonly Uint8Array[]): Promise<void> {
    this.#values.set(keyOf(object), values);
  }
}

/** The newest of each object, as a test says. */
export class MemoryPublications implements PublicationLedger {
  readonly #values = new Map<string, readonly Uint8Array[]>();

  say(object: RepositoryObject, ...values: readonly Uint8Array[]): void {
    this.#values.set(keyOf(object), values);
  }

  async newest(object: RepositoryObject): Promise<readonly Uint8Array[]> {
    return this.#values.get(keyOf(object)) ?? [];
  }
}

/** Locks within this process. */
export class MemoryLocks implements PublicationLocks {
  readonly #last = new Map<string, Promise<unknown>>();

  hold<T>(target: string, act: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(target) ?? Promise.resolve()).then(act, act);
    this.#last.set(target, turn);
    return turn;
  }
}
