import { type AuthorityDefinition, governorTitle } from "./authority-definition.ts";

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

/** Who does the certification work: the 指定認証機関 in force, or the governor by his title while there is none (2-1-2(31)). */
export type InCharge =
  | ({ readonly kind: "designatedBody" } & DesignatedBody)
  | { readonly kind: "governor"; readonly name: string };

/** Who does the work of the authority with this definition at an instant. */
export function inChargeAt(
  bodies: readonly DesignatedBody[],
  { issuerAltName }: Pick<AuthorityDefinition, "issuerAltName">,
  at: Date,
): InCharge {
  const body = designatedBodyAt(bodies, at);
  return body === undefined
    ? { kind: "governor", name: governorTitle({ issuerAltName }) }
    : { kind: "designatedBody", ...body };
}

/** Who stands under a paper, a line each: a 指定認証機関 with its address and representative, the governor by his title. */
export function signatureLines(inCharge: InCharge): readonly string[] {
  if (inCharge.kind === "governor") return [inCharge.name];
  const { address, name, representative } = inCharge;
  return [address, ["指定認証機関", name, representative].join("　")];
}
