/** What a card forgets when it loses power, is reset, or another application is selected. */
export interface CardSession {
  applicationSelected: boolean;
  currentFile: number | null;
  signatureVerified: boolean;
  authenticationVerified: boolean;
  /** Answer to the last GET CHALLENGE; used once. */
  challenge: Uint8Array | null;
  administration: AdministrationSession | null;
  /** Rest of an answer longer than 256 bytes, for GET RESPONSE. */
  remaining: Uint8Array | null;
}

/** Secure messaging after MUTUAL AUTHENTICATE. */
export interface AdministrationSession {
  readonly key: Uint8Array;
  /** Counter that the next secured command must carry. */
  counter: number;
  /** Files written in this session: their writer may read them back. */
  readonly written: Set<number>;
}

/** A session as power-on leaves it. */
export function freshSession(): CardSession {
  return {
    applicationSelected: false,
    currentFile: null,
    signatureVerified: false,
    authenticationVerified: false,
    challenge: null,
    administration: null,
    remaining: null,
  };
}
