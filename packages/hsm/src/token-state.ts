/** `ready`: logged in. `locked`: present, nobody logged in. `unavailable`: lost, being opened anew. */
export type TokenState = "ready" | "locked" | "unavailable";

/** Nobody is logged in: the key is not activated. */
export class TokenLocked extends Error {
  override readonly name = "TokenLocked";
}

/** The token is well and holds no key with this label. */
export class KeyMissing extends Error {
  override readonly name = "KeyMissing";
  readonly label: string;
  constructor(label: string) {
    super(`the token holds no key labelled ${label}`);
    this.label = label;
  }
}
