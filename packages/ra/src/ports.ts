/** What a counter needs of the world. Apps fulfil these; nothing here does IO. */
import type { AgentResult, AuthorisedCommandName, SealedPassword } from "@mitome/card";
import type { HeldCertificate, ResidentRecord } from "./case-context.ts";

/** The authority cannot answer now; trying again is safe. `hsmUnavailable`: it answers, but its key cannot be used now. */
export class AuthorityUnavailable extends Error {
  readonly what: "authorityUnreachable" | "hsmUnavailable";
  constructor(what: "authorityUnreachable" | "hsmUnavailable") {
    super(what === "hsmUnavailable" ? "the authority cannot sign now" : "the authority does not answer");
    this.name = "AuthorityUnavailable";
    this.what = what;
  }
}

/** The register cannot be read now; trying again is safe. */
export class RegisterUnavailable extends Error {
  constructor() {
    super("the resident register does not answer");
    this.name = "RegisterUnavailable";
  }
}

/** 住民基本台帳 as this municipality sees it: its own residents only, read only. */
export interface ResidentRegister {
  /**
   * Residents born on `dateOfBirth` (EYYYYMMDD; the era digit is not compared) whose ふりがな begins with `kana`
   * (hiragana or katakana, spaces ignored). At most 50. Throws {@link RegisterUnavailable}.
   */
  search(query: { readonly dateOfBirth: string; readonly kana: string }): Promise<readonly ResidentRecord[]>;
}

/** Names an attempt of a case to the authority. */
export interface AttemptName {
  readonly caseId: string;
  readonly attempt: number;
}

/** A refusal of the authority as it came: the reason and the data beside it. */
export interface AuthorityRefusal {
  readonly kind: "refused";
  readonly reason: string;
  readonly detail: Readonly<Record<string, string | number>>;
  readonly held: HeldCertificate | null;
}

/**
 * The prefecture's certification authority. Every call may be repeated and then gives the same answer; every call may
 * throw {@link AuthorityUnavailable}. Bytes are base64.
 */
export interface CertificationAuthority {
  describe(): Promise<{ readonly authority: string; readonly suite: string; readonly issuing: boolean }>;
  /** SHA-256 fingerprints, hexadecimal, of this municipality's machines whose certificates are in force. */
  machinesInForce(): Promise<readonly string[]>;
  lookAtCard(cardNumber: string): Promise<"inStock" | "inCase" | "issued" | "withdrawn" | "unknownCard">;
  holding(residentCode: string, clerk: string): Promise<HeldCertificate | null>;
  openAttempt(
    attempt: AttemptName & { cardNumber: string },
  ): Promise<{ kind: "opened"; caseChallenge: string } | AuthorityRefusal>;
  openCardSession(
    session: AttemptName & { cardNumber: string; cardChallenge: string },
  ): Promise<{ kind: "opened"; hostChallenge: string; hostCryptogram: string } | AuthorityRefusal>;
  authoriseCardCommand(
    command: AttemptName & {
      cardNumber: string;
      cardChallenge: string;
      hostChallenge: string;
      cardCryptogram: string;
      counter: number;
      command: AuthorisedCommandName;
    },
  ): Promise<{ kind: "authorised"; macs: readonly string[] } | AuthorityRefusal>;
  /** 千葉県運用規程 4-2-1 ①: the four items and the public key, signed by this municipality. */
  request(
    signed: { readonly payload: string; readonly signature: string },
    clerk: string,
  ): Promise<{ kind: "issued"; serial: string; certificate: string; issuerCertificate: string } | AuthorityRefusal>;
  confirmDelivery(
    delivery: AttemptName & { serial: string; readBackHash: string },
  ): Promise<{ kind: "delivered" } | AuthorityRefusal>;
  endAttempt(ending: AttemptName & { reason: AttemptEnding }): Promise<{ kind: "ended" } | AuthorityRefusal>;
}

/** Why an attempt ends without a delivered certificate. */
export type AttemptEnding = "cardFailed" | "keyLost" | "applicantWithdrew" | "doubt" | "other";

/** A named operation on the card, as the device agent is asked for it. */
export type CardOperationRequest =
  | { readonly operation: "status" }
  | {
      readonly operation: "makeKey";
      readonly algorithm: "rsa-2048" | "p-384" | "rsa-1024";
      readonly caseChallenge: string;
      readonly sealedPassword: SealedPassword;
    }
  | {
      readonly operation: "storeCertificates";
      readonly serial: string;
      readonly certificate: string;
      readonly authorityCertificate: string;
    }
  | { readonly operation: "erase" };

/** The counter's device agent, for one case. */
export interface CardSession {
  /** Runs the operation, or gives the result of the same `key` if it already ran. Waits while the agent is away. */
  run(key: string, request: CardOperationRequest): Promise<AgentResult>;
}
