/** 千葉県運用規程 2-1-2(25): the governor tells the 指定認証機関 what was revoked after the register. */
import type { SerialNumber } from "@mitome/x509";
import { type DesignatedBody, designatedBodyAt } from "../designated-body.ts";
import type { RegisterRevocation } from "./decide-register-change.ts";
import { changesOfItems, endsOfRecord, type RegisterChangeKind } from "./register-change.ts";

/** 異動等失効情報: the certificates by number, the fact, and when it was recorded. Nothing says who the person is. */
export interface RegisterChangeNotification {
  readonly kind: "notification";
  readonly to: DesignatedBody;
  readonly feed: string;
  readonly sequence: number;
  readonly fact: string;
  readonly serials: readonly SerialNumber[];
  readonly recordedAt: Date;
}

/** The notification to the body in force when the change was recorded; `nobodyDesignated` while the governor does the work himself. */
export function notifyDesignatedBody(accepted: {
  readonly bodies: readonly DesignatedBody[];
  readonly change: { readonly feed: string; readonly sequence: number; readonly kind: RegisterChangeKind };
  readonly revocations: readonly RegisterRevocation[];
  readonly recordedAt: Date;
}): RegisterChangeNotification | { readonly kind: "nobodyDesignated" } {
  const { bodies, revocations, recordedAt } = accepted;
  const { feed, sequence, kind } = accepted.change;
  const to = designatedBodyAt(bodies, recordedAt);
  if (to === undefined) return { kind: "nobodyDesignated" };
  const fact = { ...changesOfItems, ...endsOfRecord }[kind].ja;
  return {
    kind: "notification",
    to,
    feed,
    sequence,
    fact,
    serials: revocations.map(({ serial }) => serial),
    recordedAt,
  };
}
