/**
 * What the two screens of a counter show, and what people can do there. The server renders a case into a
 * {@link ClerkView} and a {@link ResidentView}; a screen draws exactly the view it was given and sends an action back.
 * Dates are ISO 8601 text (instants in UTC, calendar days as `YYYY-MM-DD`), because views travel as JSON.
 */
import type { SealedPasswordBinding, TerminalSessionKey } from "@mitome/card";
import type { ComparedItem as ComparedItemName } from "@mitome/characters";
import { z } from "zod";

/** A text of the counter: Japanese always, English for the resident's screen. */
export interface Text {
  readonly ja: string;
  readonly en: string;
}

/** Why something cannot go on: what happened, the clause that decides it (null when none does), and what to do next. */
export interface Explanation {
  /** Closed id of the reason, for tests and styling; never shown alone. */
  readonly reason: string;
  readonly what: Text;
  /** For example `千葉県運用規程 4-2-3`. */
  readonly clause: string | null;
  readonly next: readonly Text[];
}

/** Who has the card, shown on both screens at every moment. */
export interface Custody {
  readonly holder: "clerk" | "resident" | "reader";
  /** A card lies on the counter's reader. */
  readonly onReader: boolean;
  /** The card is being written: both screens say not to take it. */
  readonly doNotRemove: boolean;
}

/** The thirteen stations of 新規発行, for the progress list of both screens. */
export const stations = [
  "card",
  "register",
  "comparison",
  "identity",
  "application",
  "residentConfirms",
  "terms",
  "password",
  "key",
  "issuance",
  "notices",
  "papers",
  "handOver",
] as const;
export type Station = (typeof stations)[number];

/** A passing trouble of the world (not a refusal): the case stays where it is and goes on by itself or by `retry`. */
export interface Trouble extends Explanation {
  readonly retrying: boolean;
}

/** Part of every view of a case. */
export interface CaseFrame {
  readonly caseId: string;
  readonly station: Station;
  readonly custody: Custody;
  readonly trouble: Trouble | null;
  /** The other screen of this counter is there. */
  readonly otherScreen: boolean;
  /** The device agent of this counter is there. */
  readonly agent: boolean;
  /** The resident asks for somebody at the other screen: for help, or to stop. */
  readonly call: Call | null;
}

/** Why a resident calls the clerk. */
export type Call = "help" | "stop";

/** The four items (基本4情報) and what goes with them, as people read them. */
export interface PersonView {
  readonly name: string;
  readonly furigana: string;
  /** 通称 of a foreign resident whose record carries one (3-1-7), else null. */
  readonly alias: string | null;
  readonly address: string;
  /** `昭和64年1月7日` and the like. */
  readonly dateOfBirth: string;
  readonly gender: Text;
}

/** One hit of the register search. `ref` is only good in this case. */
export interface Candidate extends PersonView {
  readonly ref: string;
}

/** Items of the comparison, in the order of the keys 1–5. `alias` stands only where one side carries one. */
export const comparedItems = [
  "name",
  "alias",
  "dateOfBirth",
  "gender",
  "address",
] as const satisfies ComparedItemName[];
export type { ComparedItemName };

/** A run of characters: equal on both sides, equal but for spelling (`soft`: width, hyphen), or different (`hard`). */
export interface Segment {
  readonly kind: "same" | "soft" | "hard";
  readonly text: string;
}

export interface ComparedItem {
  readonly item: ComparedItemName;
  readonly register: readonly Segment[];
  readonly application: readonly Segment[];
  /** What the application says, as text to edit. */
  readonly applicationText: string;
  /** `different` cannot be confirmed: correct the entry, have the form corrected, or stop for doubt (3-1-9). */
  readonly verdict: "same" | "spelling" | "different";
  /** In words, what differs: `異体字`, `全角・半角`; empty when nothing does. */
  readonly differences: readonly Text[];
  readonly confirmed: boolean;
}

/** A kind of identity document (規則6条1項) as the clerk chooses it. */
export interface IdentityDocumentChoice {
  readonly kind: string;
  readonly name: Text;
  readonly photo: "required" | "none";
  /** `date`: the document shows a date of expiry, which is asked for; `none`: it shows none. */
  readonly expiry: "date" | "none";
  readonly clause: string;
}

/** A notice or a term with the clause that asks for it. */
export interface NoticeView {
  readonly id: string;
  readonly heading: Text;
  readonly body: Text;
  readonly clause: string;
  readonly acknowledged: boolean;
}

/** A document of the case that can be fetched as PDF (`documents.get({caseId, kind})`) and printed again at any time. */
export const documentKinds = ["application", "certificateCopy", "receipt"] as const;
export type DocumentKind = (typeof documentKinds)[number];

/** The certificate as the clerk and the resident see it. */
export interface CertificateView {
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notBefore: string;
  readonly notAfter: string;
  readonly issuer: string;
}

export interface SuspendedCase {
  readonly caseId: string;
  /** Null until a resident was chosen. */
  readonly name: string | null;
  readonly station: Station;
  readonly since: string;
}

/** What the clerk's screen shows. `signedOut` and `locked` carry no personal data. */
export type ClerkView =
  | { readonly screen: "signedOut" }
  | { readonly screen: "locked"; readonly clerkName: string }
  | {
      readonly screen: "menu";
      readonly clerkName: string;
      readonly municipality: string;
      readonly counter: string;
      readonly suspended: readonly SuspendedCase[];
      readonly agent: boolean;
      readonly otherScreen: boolean;
      /** The last case of this counter, for reprints, while it is still today's. */
      readonly last: { readonly caseId: string; readonly serial: string } | null;
    }
  | (CaseFrame & {
      readonly screen: "placeCard";
      /** A card that cannot take a certificate lies on the reader. */
      readonly unsuitable: Explanation | null;
    })
  | (CaseFrame & {
      readonly screen: "searchRegister";
      /** Null before the first search. */
      readonly candidates: readonly Candidate[] | null;
      /** The date typed does not exist (`S640108`), with the reason. */
      readonly problem: Explanation | null;
    })
  | (CaseFrame & {
      readonly screen: "compare";
      readonly applicationDate: string;
      readonly furigana: string;
      readonly items: readonly ComparedItem[];
      /** Every item is decided: `finishComparison` is open. */
      readonly ready: boolean;
      /** The resident said on the other screen that the data are wrong. */
      readonly disputed: boolean;
    })
  | (CaseFrame & {
      readonly screen: "identity";
      readonly documents: readonly IdentityDocumentChoice[];
      readonly problem: Explanation | null;
      readonly person: PersonView;
    })
  | (CaseFrame & { readonly screen: "application"; readonly document: "application"; readonly person: PersonView })
  | (CaseFrame & { readonly screen: "giveCard"; readonly person: PersonView })
  | (CaseFrame & {
      readonly screen: "withResident";
      readonly residentScreen: ResidentView["screen"];
      readonly person: PersonView;
    })
  | (CaseFrame & { readonly screen: "receiveCard"; readonly person: PersonView })
  | (CaseFrame & {
      readonly screen: "confirmIssuance";
      readonly person: PersonView;
      readonly identityDocument: Text;
      /** SHA-256 of the public key in groups of four, equal on card and server. */
      readonly keyFingerprint: string;
      readonly algorithm: string;
    })
  | (CaseFrame & { readonly screen: "working"; readonly work: Work })
  | (CaseFrame & {
      readonly screen: "notices";
      readonly acknowledged: number;
      readonly total: number;
      readonly certificate: CertificateView;
    })
  | (CaseFrame & {
      readonly screen: "papers";
      readonly certificate: CertificateView;
      readonly documents: readonly DocumentKind[];
      readonly feeYen: number;
      readonly feeReceived: boolean;
      readonly copyGiven: boolean;
    })
  | (CaseFrame & { readonly screen: "returnCard"; readonly certificate: CertificateView })
  | (CaseFrame & {
      readonly screen: "doubleIssue";
      readonly explanation: Explanation;
      readonly certificate: {
        readonly serialTail: string;
        readonly notBefore: string | null;
        readonly notAfter: string;
        readonly municipality: string;
      };
    })
  | (CaseFrame & {
      readonly screen: "refused";
      readonly explanation: Explanation;
      /** `newKey` where a new key mends it, `compareAgain` where the register changed; `end` is always open. */
      readonly ways: readonly ("newKey" | "compareAgain" | "end")[];
    })
  | (CaseFrame & { readonly screen: "ended"; readonly outcome: Outcome; readonly explanation: Explanation | null });

/** What the server and the machines are busy with while people wait. */
export type Work =
  | "readCard"
  | "checkHolding"
  | "openCase"
  | "makeKey"
  | "issue"
  | "store"
  | "confirmDelivery"
  | "endAttempt";

/** How a case ended. */
export type Outcome = "delivered" | "withdrawn" | "doubt" | "doubleIssue" | "refused";

/**
 * Where the resident's browser seals the password to (HPKE, RFC 9180); only the agent can open it, for this command
 * alone. `sealedPasswordInfo(binding)` of `@mitome/card` makes the HPKE `info`.
 */
export interface SealingKey {
  readonly sessionKey: TerminalSessionKey;
  readonly binding: SealedPasswordBinding;
}

/** What is done, in this order, while a key is made (6-1-2): only the last leaves the card, and only the public key. */
export const keySteps = ["generate", "setPassword", "proof", "send"] as const;
export type KeyStep = (typeof keySteps)[number];

/** Rules the password must keep; the page shows them as a checklist, the card and the agent enforce them. */
export interface PasswordRules {
  readonly minimum: number;
  readonly maximum: number;
  /** JPKI: upper-case Latin letters and digits. */
  readonly characters: "upperCaseLettersAndDigits";
}

interface ResidentCase {
  readonly caseId: string;
  readonly station: Station;
  readonly custody: Custody;
  readonly language: "ja" | "en";
  readonly textSize: "normal" | "large" | "largest";
  readonly trouble: Trouble | null;
  /** The clerk was called and has not answered yet. */
  readonly called: boolean;
}

/** What the resident's screen shows. */
export type ResidentView =
  | { readonly screen: "welcome"; readonly municipality: string; readonly counter: string }
  | (ResidentCase & { readonly screen: "wait"; readonly for: "clerk" | "machine" })
  | (ResidentCase & { readonly screen: "placeCard" })
  | (ResidentCase & { readonly screen: "confirmData"; readonly person: PersonView })
  | (ResidentCase & { readonly screen: "clerkComes" })
  | (ResidentCase & { readonly screen: "terms"; readonly version: string; readonly terms: readonly NoticeView[] })
  | (ResidentCase & {
      readonly screen: "password";
      readonly rules: PasswordRules;
      /** Null while the device agent is away: the page waits. */
      readonly sealingKey: SealingKey | null;
      /** Why the last key was thrown away (card taken, wrong password), or null at the first go. */
      readonly again: Explanation | null;
    })
  | (ResidentCase & {
      readonly screen: "makingKey";
      /** The first step that is not known to be done. */
      readonly step: KeyStep;
    })
  | (ResidentCase & { readonly screen: "giveCardToClerk" })
  | (ResidentCase & { readonly screen: "notices"; readonly notices: readonly NoticeView[] })
  | (ResidentCase & { readonly screen: "takeCardAndPapers"; readonly clientSoftware: NoticeView })
  | (ResidentCase & { readonly screen: "stopped"; readonly explanation: Explanation });

const text = (max: number) => z.string().min(1).max(max);

/** Grounds of doubt about who the applicant is (3-1-9): any of them and nothing is issued. */
export const doubtGrounds = [
  "applicationDiffersFromRegister",
  "documentDoubtful",
  "photoDoesNotMatch",
  "answersDoNotMatch",
  "actingUnderPressure",
  "other",
] as const;
export type DoubtGround = (typeof doubtGrounds)[number];

/** What a clerk can do. Actions that do not fit the present view are answered `notNow` and change nothing. */
export const ClerkAction = z.discriminatedUnion("type", [
  /** F2 */
  z.strictObject({ type: z.literal("startNew") }),
  z.strictObject({ type: z.literal("suspend") }),
  z.strictObject({ type: z.literal("resume"), caseId: z.uuid() }),
  z.strictObject({ type: z.literal("retry") }),
  /** F1: the clerk has seen that the resident calls. */
  z.strictObject({ type: z.literal("answerCall") }),
  /** One step back, while no key was made. */
  z.strictObject({ type: z.literal("back") }),
  /** `dateOfBirth` as typed: `S640107`, `R30401`, `1989-01-07`; kana may be a beginning of the name. */
  z.strictObject({ type: z.literal("searchRegister"), dateOfBirth: text(20), kana: text(100) }),
  z.strictObject({ type: z.literal("chooseResident"), ref: text(64) }),
  /** The application form says something else than the register: what it says. */
  z.strictObject({ type: z.literal("enterItem"), item: z.enum(comparedItems), text: text(200) }),
  z.strictObject({ type: z.literal("enterFurigana"), text: text(200) }),
  z.strictObject({ type: z.literal("confirmItem"), item: z.enum(comparedItems) }),
  z.strictObject({ type: z.literal("finishComparison") }),
  z.strictObject({
    type: z.literal("recordIdentity"),
    document: text(64),
    /** `YYYY-MM-DD` or wareki as typed; null where the document shows no date. */
    expiresOn: text(20).nullable(),
    photoMatches: z.boolean(),
    copyTaken: z.boolean(),
  }),
  z.strictObject({ type: z.literal("applicationReceived") }),
  /** F5 */
  z.strictObject({ type: z.literal("giveCard") }),
  z.strictObject({ type: z.literal("cardReceived") }),
  /** F8 */
  z.strictObject({ type: z.literal("issue") }),
  z.strictObject({ type: z.literal("newKey") }),
  z.strictObject({ type: z.literal("compareAgain") }),
  z.strictObject({ type: z.literal("feeReceived") }),
  z.strictObject({ type: z.literal("copyGiven") }),
  z.strictObject({ type: z.literal("cardReturned") }),
  z.strictObject({ type: z.literal("doubt"), ground: z.enum(doubtGrounds) }),
  z.strictObject({ type: z.literal("withdraw") }),
  /** Leaves `doubleIssue` and `refused`. */
  z.strictObject({ type: z.literal("end") }),
  /** F12 */
  z.strictObject({ type: z.literal("nextPerson") }),
]);
export type ClerkAction = z.infer<typeof ClerkAction>;

/** What a resident can do at the key-pair device's screen. */
export const ResidentAction = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("chooseLanguage"), language: z.enum(["ja", "en"]) }),
  z.strictObject({ type: z.literal("chooseTextSize"), textSize: z.enum(["normal", "large", "largest"]) }),
  z.strictObject({ type: z.literal("confirmData") }),
  z.strictObject({ type: z.literal("disputeData") }),
  z.strictObject({ type: z.literal("acceptTerms"), version: text(32) }),
  z.strictObject({
    type: z.literal("setPassword"),
    /** The view's `sealingKey.binding.commandNumber`: a password sealed for an older view is not sent on. */
    commandNumber: z.int().min(1),
    /** HPKE `enc` and ciphertext, base64. */
    sealedPassword: z.strictObject({ enc: z.base64().length(44), ciphertext: z.base64().max(128) }),
  }),
  z.strictObject({ type: z.literal("acknowledge"), notice: text(64) }),
  z.strictObject({ type: z.literal("cardGiven") }),
  z.strictObject({ type: z.literal("callClerk") }),
  /** The resident wants to stop: the clerk comes and asks; the case itself is withdrawn by the clerk. */
  z.strictObject({ type: z.literal("stop") }),
]);
export type ResidentAction = z.infer<typeof ResidentAction>;

/** The answer to an action. The new view comes over the subscription. */
export type ActionAnswer =
  | { readonly kind: "done" }
  /** The action does not fit the present step: nothing was changed. */
  | { readonly kind: "notNow" }
  | { readonly kind: "problem"; readonly explanation: Explanation };
