/** The lanes of one process: each act borrows one, waiting in order when all are busy. */
import type { AuditEvent, AuditHead } from "@mitome/audit";
import type { Acting } from "@mitome/ca";
import { type ActStatement, AuditLane, type ProcessRun } from "./audit-lane.ts";

/** All streams of one process run. */
export class AuditLanes {
  readonly #lanes: readonly AuditLane[];
  readonly #free: AuditLane[];
  readonly #waiting: ((lane: AuditLane) => void)[] = [];

  constructor(url: string, run: ProcessRun, count: number) {
    this.#lanes = Array.from({ length: count }, (_, number) => new AuditLane(url, run, number + 1));
    this.#free = [...this.#lanes];
  }

  /** Opens every lane: each stream then has its start event. */
  async open(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.open()));
  }

  /** Heads of all streams, to be signed together. */
  heads(): readonly AuditHead[] {
    return this.#lanes.map((lane) => lane.head).filter((head) => head.sequence > 0);
  }

  /** Runs one act on the next free lane; see {@link AuditLane.act}. */
  async act<Row extends { readonly acted: boolean }>(
    acting: Acting,
    event: AuditEvent,
    statement: ActStatement,
    parameters: readonly unknown[],
  ): Promise<Row | undefined> {
    const lane = this.#free.pop() ?? (await new Promise<AuditLane>((resolve) => this.#waiting.push(resolve)));
    try {
      return await lane.act<Row>(acting, event, statement, parameters);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(lane);
      else next(lane);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}
