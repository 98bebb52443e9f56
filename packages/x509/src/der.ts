declare const structure: unique symbol;

/** DER bytes of the ASN.1 type named by `Structure`; only encoders, `assemble…` and `parse…` functions make one. */
export type Der<Structure extends string> = Uint8Array & { readonly [structure]: Structure };

/** Bytes that are not DER, or not DER of the expected ASN.1 type. `offset` counts octets from the start of the input. */
export class MalformedDer extends Error {
  override readonly name = "MalformedDer";
  readonly offset: number;

  constructor(offset: number, reason: string) {
    super(`malformed DER at octet ${offset}: ${reason}`);
    this.offset = offset;
  }
}

/** Names the ASN.1 type of bytes that the caller has just encoded or strictly parsed. */
export function brandDer<Structure extends string>(bytes: Uint8Array): Der<Structure> {
  return bytes as Der<Structure>;
}
