/** Status words of ISO 7816-4 §5.6 that the JPKI application and our write profile use, by name. */
export const SW = {
  ok: 0x9000,
  /** SW2 holds how many more bytes GET RESPONSE can fetch (00 = 256 or more). */
  bytesRemaining: 0x6100,
  endOfFileReached: 0x6282,
  /** Verification failed without a counter: the cryptogram was wrong. */
  authenticationFailed: 0x6300,
  /** The lower four bits hold the tries left: 63C0 is a locked card. */
  triesLeft: 0x63c0,
  pinPadTimeout: 0x6400,
  pinPadCancelled: 0x6401,
  pinPadMismatch: 0x6402,
  memoryFailure: 0x6581,
  wrongLength: 0x6700,
  commandIncompatibleWithFile: 0x6981,
  securityStatusNotSatisfied: 0x6982,
  authenticationMethodBlocked: 0x6983,
  referenceDataNotUsable: 0x6984,
  conditionsNotSatisfied: 0x6985,
  noCurrentEf: 0x6986,
  /** The secured command's MAC or counter is wrong; the session is over. */
  secureMessagingIncorrect: 0x6988,
  wrongData: 0x6a80,
  functionNotSupported: 0x6a81,
  fileNotFound: 0x6a82,
  notEnoughMemory: 0x6a84,
  wrongP1P2: 0x6a86,
  referencedDataNotFound: 0x6a88,
  wrongOffset: 0x6b00,
  insNotSupported: 0x6d00,
  claNotSupported: 0x6e00,
} as const;

/** Tries left that a 63Cx status word tells, or `undefined` for any other. */
export function triesLeft(sw: number): number | undefined {
  return (sw & 0xfff0) === SW.triesLeft ? sw & 0x0f : undefined;
}

/** The status word in words for a log line or an error, e.g. `6982 securityStatusNotSatisfied`. */
export function describeStatusWord(sw: number): string {
  const hex = sw.toString(16).padStart(4, "0");
  const tries = triesLeft(sw);
  if (tries !== undefined) return `${hex} triesLeft ${tries}`;
  const name = Object.entries(SW).find(([, value]) => value === sw)?.[0];
  return name === undefined ? hex : `${hex} ${name}`;
}
