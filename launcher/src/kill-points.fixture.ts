/** Every named point of one issuance at which a program can be interrupted, in the order in which it is reached. */

const around = (...calls: readonly string[]): readonly string[] =>
  calls.flatMap((call) => [`${call}:before`, `${call}:after`]);

/** Calls of the authority's ports (`apps/ca/src/crash-points.ts`). */
export const authorityPoints = around(
  "ledger.card",
  "ledger.recordEvent",
  "signingKey.subscriberId",
  "ledger.holding",
  "ledger.endedFor",
  "ledger.openCase",
  "ledger.readAttempt",
  "cardKeys.openSession",
  "ledger.openCardSession",
  "ledger.readCardSession",
  "cardKeys.verifyCard",
  "ledger.advanceCardSession",
  "cardKeys.authorise",
  // A key that was lost with the authority's answer: its attempt is ended.
  "ledger.endAttempt",
  "ledger.readForIssuance",
  "cardKeys.verifyOrigin",
  "signingKey.macIntent",
  "ledger.recordIntent",
  "signingKey.sign",
  "ledger.recordCertificate",
  "ledger.readCertificate",
  "ledger.confirmDelivery",
);

/** Points of the signer (`apps/signer/src/signer-configuration.ts`). */
export const signerPoints = ["signer.beforeSign", "signer.afterSign", "signer.afterJournal"] as const;

const moments = (...effects: readonly string[]): readonly string[] =>
  effects.flatMap((effect) => ["before", "after", "recorded"].map((moment) => `${effect}:${moment}`));

/** Effects of the kiosk server (`apps/kiosk/server/crash-points.ts`). */
export const kioskPoints = [
  ...moments("readCard", "checkHolding", "openAttempt"),
  // The password died with the server: the attempt is ended and the resident enters it again.
  "makeKey:before",
  ...moments("endAttempt"),
  "makeKey:after",
  "makeKey:recorded",
  ...moments("requestIssuance", "storeCertificates", "confirmDelivery"),
];

/** The kiosk server's effect when a case is given up after the key was made. */
export const kioskPointsOfGivingUp = moments("abandon");

const steps = (operation: string, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [`agent.${operation}.${name}.before`, `agent.${operation}.${name}.after`]);

/** Steps of the device agent (docs/agent.md). */
export const agentPoints = [
  ...steps("status", "result"),
  ...steps("makeKey", "generateKey", "setPassword", "verifyPassword", "result"),
  ...steps("storeCertificates", "storeAuthorityCertificate", "storeCertificate", "result"),
];

/** The device agent's steps when a case is given up after the key was made. */
export const agentPointsOfGivingUp = steps("erase", "erase", "result");

/** A moment at which a hand pulls the card: at the n-th command of this name from the moment the card was put in. */
export interface Pull {
  readonly command: string;
  readonly when: "before" | "after";
  readonly nth: number;
}

const pulls = (...commands: readonly (readonly [command: string, nth: number])[]): readonly Pull[] =>
  commands.flatMap(([command, nth]) => [
    { command, when: "before" as const, nth },
    { command, when: "after" as const, nth },
  ]);

/** Commands to the card during one issuance (docs/card.md). */
export const cardPulls = pulls(
  ["getChallenge", 1],
  ["mutualAuthenticate", 1],
  ["generateKeyPair", 1],
  ["resetRetryCounter", 1],
  ["verify", 1],
  ["performSecurityOperation", 1],
  ["updateBinary", 1],
  ["updateBinary", 8],
  ["updateBinary", 12],
  ["readBinary", 1],
);

/** What the clerk's screen shows, one after the other. */
export const clerkScreens = [
  "searchRegister",
  "compare",
  "identity",
  "application",
  "giveCard",
  "withResident",
  "receiveCard",
  "confirmIssuance",
  "notices",
  "papers",
  "returnCard",
] as const;

/** Every point at one of its moments, which take turns; the order stays. */
export function oneMomentEach(points: readonly string[]): readonly string[] {
  const moments = Map.groupBy(points, (point) => point.replace(/[:.](?:before|after|recorded)$/, ""));
  const taken = new Set([...moments.values()].map((named, index) => named[index % named.length]));
  return points.filter((point) => taken.has(point));
}
