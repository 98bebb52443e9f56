/** A 指定認証機関 while the governor has the certification work done by it (千葉県運用規程 1-3-1(6), 2-1-2(24)(28)). */
export interface DesignatedBody {
  readonly name: string;
  readonly address: string;
  readonly representative: string;
  /** First instant of the delegation. */
  readonly from: Date;
  /** First instant after it; `null` while it goes on. */
  readonly until: Date | null;
}

/** The body to which the work is delegated at an instant; `undefined` while the governor does it himself (2-1-2(31)). */
export function designatedBodyAt(bodies: readonly DesignatedBody[], at: Date): DesignatedBody | undefined {
  return bodies.findLast(({ from, until }) => from <= at && (until === null || at < until));
}
