declare const told: unique symbol;

/** Two people who do together what neither may do alone, by the names that the audit trail has of them. */
export type TwoPeople = readonly [first: string, second: string] & { readonly [told]: true };

/** The two as one value; `undefined` when a name is missing or both are one person's, however it is written. */
export function twoPeople(first: string, second: string): TwoPeople | undefined {
  const names = [first, second].map((name) => name.normalize("NFKC").trim());
  const [one = "", other = ""] = names;
  if (one === "" || other === "" || one.toLowerCase() === other.toLowerCase()) return undefined;
  return [one, other] as unknown as TwoPeople;
}
