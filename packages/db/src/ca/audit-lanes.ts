/** The lanes of one process: each act borrows one, waiting in order when all are busy. */
import type { AuditEvent, AuditHead } from "@mitome/audit";
import type { Acting } from "@mitome/ca";
import { type Act, type ActStatement, AuditLane, type ProcessRun } from "./audit-lane.ts";
import type { JointAct } from "./joint-act.ts";

/** As many acts as one statement does at most. */
export const mostTogether = 32;

/** Acts of one kind that wait for a lane, and what will have become of each. */
interface Gathering {
  readonly acts: Act[];
  readonly outcomes: Promise<readonly PromiseSettledResult<boolean>[]>;
}

/** All streams of one process run. */
export class AuditLanes {
  readonly #lanes: readonly AuditLane[];
  readonly #free: AuditLane[];
  readonly #waiting: ((lane: AuditLane) => void)[] = [];
  readonly #gatherings = new Map<JointAct, Gathering>();

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

  /** Does one act on the next free lane; see {@link AuditLane.act}. */
  async act(acting: Acting, event: AuditEvent, statement: ActStatement, values: readonly unknown[]): Promise<boolean> {
    return await this.#onNextLane((lane) => lane.act(statement, { acting, event, values }));
  }

  /** Does one act together with the others of its kind that wait for a lane; `false` and throws as {@link act}. */
  async actJointly(
    acting: Acting,
    event: AuditEvent,
    statement: JointAct,
    values: readonly unknown[],
  ): Promise<boolean> {
    const gathering = this.#gatherings.get(statement) ?? this.#gather(statement);
    const place = gathering.acts.push({ acting, event, values }) - 1;
    if (gathering.acts.length === mostTogether) this.#gatherings.delete(statement);
    const outcome = (await gathering.outcomes)[place];
    if (outcome?.status !== "fulfilled") throw outcome?.reason;
    return outcome.value;
  }

  /** Does one act of several rows, each with its event; see {@link AuditLane.actWhole}. */
  async actWhole(statement: JointAct, rows: readonly Act[]): Promise<boolean> {
    return await this.#onNextLane((lane) => lane.actWhole(statement, rows));
  }

  /** Begins a gathering, which ends when it gets its lane. */
  #gather(statement: JointAct): Gathering {
    const acts: Act[] = [];
    const outcomes = this.#onNextLane((lane) => {
      if (this.#gatherings.get(statement) === gathering) this.#gatherings.delete(statement);
      return lane.actTogether(statement, acts);
    });
    const gathering = { acts, outcomes };
    this.#gatherings.set(statement, gathering);
    return gathering;
  }

  async #onNextLane<Answer>(use: (lane: AuditLane) => Promise<Answer>): Promise<Answer> {
    const lane = await new Promise<AuditLane>((resolve) => {
      const free = this.#free.pop();
      if (free === undefined) this.#waiting.push(resolve);
      else resolve(free);
    });
    try {
      return await use(lane);
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
