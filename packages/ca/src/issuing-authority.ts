/** An authority at work: its definition and keys, and the ports it acts through. */
import type { Der, VerificationKey } from "@mitome/x509";
import type { AuthorityDefinition, KeyGeneration } from "./authority-definition.ts";
import type { ClockGuard } from "./clock-guard.ts";
import type { CardKeys, Clock, EquipmentLedger, Ledger, Randomness, SigningKey } from "./ports.ts";

/** A key of the authority with its certificate and, for verifying, the key made ready. */
export interface CertifiedGeneration extends KeyGeneration {
  readonly certificate: Der<"Certificate">;
  readonly key: VerificationKey;
}

/** Everything a use case needs, as one argument. */
export interface IssuingAuthority {
  readonly definition: AuthorityDefinition;
  /** The generation that signs what is issued now. */
  readonly current: CertifiedGeneration;
  /** Every generation by its number. */
  readonly generations: ReadonlyMap<number, CertifiedGeneration>;
  readonly equipmentRoot: CertifiedGeneration;
  readonly ledger: Ledger;
  readonly equipment: EquipmentLedger;
  readonly signingKey: SigningKey;
  readonly cardKeys: CardKeys;
  readonly clock: Clock;
  readonly clockGuard: ClockGuard;
  readonly randomness: Randomness;
}
