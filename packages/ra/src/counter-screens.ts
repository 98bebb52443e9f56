import type { CaseContext, TroubleKind } from "./case-context.ts";
import { stationOf } from "./case-context.ts";
import { waysOutOf } from "./case-guards.ts";
import { compareWithRegister } from "./comparison.ts";
import { differenceWords, segmentsOf } from "./difference-segments.ts";
import { explainCard, explainDoubt, explainKeyFailure, explainRefusal, explainTrouble } from "./explanations.ts";
import { identityDocumentKinds } from "./identity-documents.ts";
import { issueFeeYen, type Notice, notices, terms, termsVersion } from "./notices.ts";
import { dateOfBirthText, genderText, personView } from "./person.ts";
import type { StoredCase } from "./step-case.ts";
import type {
  Call,
  Candidate,
  CaseFrame,
  CertificateView,
  ClerkView,
  ComparedItem,
  Custody,
  Explanation,
  KeyStep,
  NoticeView,
  PersonView,
  ResidentView,
  SealingKey,
  Trouble,
  Work,
} from "./views.ts";

/** What the screens show beside the stored case: present only while the server runs, and asked anew after a restart. */
export interface CounterNow {
  /** Number of the card on the reader; null when none or none of ours. */
  readonly onReader: string | null;
  /** Something lies on the reader that is no card of ours. */
  readonly foreignCard: boolean;
  readonly agent: boolean;
  readonly clerkScreen: boolean;
  readonly residentScreen: boolean;
  readonly trouble: { readonly kind: TroubleKind; readonly retrying: boolean } | null;
  readonly candidates: readonly Candidate[] | null;
  /** The last entry could not be taken. */
  readonly problem: Explanation | null;
  readonly sealingKey: SealingKey | null;
  /** The first step of making the key that is not known to be done. */
  readonly keyStep: KeyStep;
  /** The resident called and nobody has answered yet. */
  readonly call: Call | null;
  readonly municipalityName: (code: string) => string;
  /** SHA-256 of the public key (base64 SPKI) in groups of four. */
  readonly keyFingerprint: (publicKey: string) => string;
  /** Its algorithm and size in words. */
  readonly keyAlgorithm: (publicKey: string) => string;
}

const noPerson: PersonView = {
  name: "",
  furigana: "",
  alias: null,
  address: "",
  dateOfBirth: "",
  gender: { ja: "", en: "" },
};

const works = {
  readingCard: "readCard",
  checkingHolding: "checkHolding",
  openingAttempt: "openCase",
  makingKey: "makeKey",
  issuing: "issue",
  storing: "store",
  confirmingDelivery: "confirmDelivery",
  endingAttempt: "endAttempt",
  abandoning: "endAttempt",
} as const satisfies Partial<Record<StoredCase["value"], Work>>;

const writing = new Set<StoredCase["value"]>(["makingKey", "storing", "abandoning"]);

/** Who has the card: on the reader while it is being written or lies there in the resident's hands' reach, else its holder. */
export function custodyOf({ value, context }: StoredCase, now: CounterNow): Custody {
  const onReader = context.cardNumber !== null && now.onReader === context.cardNumber;
  const doNotRemove = writing.has(value);
  return { holder: doNotRemove && onReader ? "reader" : context.holder, onReader, doNotRemove };
}

/** The clerk's screen of a case that is attached to the counter. */
export function clerkScreen(stored: StoredCase, now: CounterNow): ClerkView {
  const { value, context } = stored;
  const frame: CaseFrame = {
    caseId: context.caseId,
    station: stationOf[value],
    custody: custodyOf(stored, now),
    trouble: troubleView(now),
    otherScreen: now.residentScreen,
    agent: now.agent,
    call: now.call,
  };
  const person = context.resident === null ? noPerson : personView(context.resident);
  switch (value) {
    case "awaitingCard": {
      const problem = context.cardProblem ?? (now.foreignCard ? "cardUnreadable" : null);
      return { ...frame, screen: "placeCard", unsuitable: problem === null ? null : explainCard(problem) };
    }
    case "searching":
      return { ...frame, screen: "searchRegister", candidates: now.candidates, problem: now.problem };
    case "comparing":
      return { ...frame, screen: "compare", ...comparisonView(context), disputed: context.disputed };
    case "identifying":
      return { ...frame, screen: "identity", documents: identityDocumentKinds, problem: now.problem, person };
    case "applying":
      return { ...frame, screen: "application", document: "application", person };
    case "givingCard":
      return { ...frame, screen: "giveCard", person };
    case "confirmingData":
    case "acceptingTerms":
    case "settingPassword":
      return { ...frame, screen: "withResident", residentScreen: residentScreen(stored, now).screen, person };
    case "openingAttempt":
    case "makingKey":
    case "endingAttempt":
      return now.trouble === null
        ? { ...frame, screen: "withResident", residentScreen: residentScreen(stored, now).screen, person }
        : { ...frame, screen: "working", work: works[value] };
    case "receivingCard":
      return { ...frame, screen: "receiveCard", person };
    case "confirmingIssuance":
      return { ...frame, screen: "confirmIssuance", ...confirmation(context, now), person };
    case "readingCard":
    case "checkingHolding":
    case "issuing":
    case "storing":
    case "confirmingDelivery":
    case "abandoning":
      return { ...frame, screen: "working", work: works[value] };
    case "notifying": {
      const acknowledged = Object.keys(context.acknowledged).length;
      return {
        ...frame,
        screen: "notices",
        acknowledged,
        total: notices.length,
        certificate: certificateView(context),
      };
    }
    case "handingPapers":
      return {
        ...frame,
        screen: "papers",
        certificate: certificateView(context),
        documents: ["certificateCopy", "receipt"],
        feeYen: issueFeeYen,
        feeReceived: context.feeReceivedAt !== null,
        copyGiven: context.copyGivenAt !== null,
      };
    case "returningCard":
      return { ...frame, screen: "returnCard", certificate: certificateView(context) };
    case "doubleIssue":
      return { ...frame, screen: "doubleIssue", ...heldView(context, now) };
    case "refused":
      return { ...frame, screen: "refused", ...refusedView(context) };
    case "ended":
    case "closed":
    case "suspended":
      return { ...frame, screen: "ended", outcome: context.outcome ?? "withdrawn", explanation: endingOf(context) };
  }
}

/** The resident's screen of the same case. It never shows the resident code, nor other people's data. */
export function residentScreen(stored: StoredCase, now: CounterNow): ResidentView {
  const { value, context } = stored;
  const { caseId, language, textSize } = context;
  const frame = {
    caseId,
    station: stationOf[value],
    custody: custodyOf(stored, now),
    language,
    textSize,
    trouble: troubleView(now),
    called: now.call !== null,
  };
  const person = context.resident === null ? noPerson : personView(context.resident);
  if (now.call === "stop") return { ...frame, screen: "clerkComes" };
  switch (value) {
    case "confirmingData":
      return { ...frame, screen: "confirmData", person };
    case "acceptingTerms":
      return {
        ...frame,
        screen: "terms",
        version: termsVersion,
        terms: terms.map((term) => noticeView(term, context)),
      };
    case "settingPassword": {
      if (now.agent && now.onReader !== context.cardNumber) return { ...frame, screen: "placeCard" };
      const again = context.keyFailure === null ? null : explainKeyFailure(context.keyFailure);
      return {
        ...frame,
        screen: "password",
        rules: { minimum: 6, maximum: 16, characters: "upperCaseLettersAndDigits" },
        sealingKey: now.sealingKey,
        again,
      };
    }
    case "makingKey":
      return { ...frame, screen: "makingKey", step: now.keyStep };
    case "receivingCard":
      return context.cardGiven ? { ...frame, screen: "wait", for: "clerk" } : { ...frame, screen: "giveCardToClerk" };
    case "openingAttempt":
    case "endingAttempt":
    case "issuing":
    case "storing":
    case "confirmingDelivery":
      return { ...frame, screen: "wait", for: "machine" };
    case "notifying":
      return { ...frame, screen: "notices", notices: notices.map((notice) => noticeView(notice, context)) };
    case "handingPapers":
    case "returningCard":
      return { ...frame, screen: "takeCardAndPapers", clientSoftware: clientSoftware(context) };
    case "ended":
      return context.outcome === "delivered"
        ? { ...frame, screen: "takeCardAndPapers", clientSoftware: clientSoftware(context) }
        : { ...frame, screen: "stopped", explanation: stopForResident };
    case "comparing":
      return context.disputed ? { ...frame, screen: "clerkComes" } : { ...frame, screen: "wait", for: "clerk" };
    default:
      return { ...frame, screen: "wait", for: "clerk" };
  }
}

// The resident's screen stands in a public place: the reason itself is told by the clerk.
const stopForResident: Explanation = {
  reason: "stopped",
  what: { ja: "きょうは、ここで終わります。", en: "This is where it ends today." },
  clause: null,
  next: [{ ja: "職員がご説明します。", en: "The staff will explain." }],
};

function troubleView({ trouble }: CounterNow): Trouble | null {
  return trouble === null ? null : { ...explainTrouble(trouble.kind), retrying: trouble.retrying };
}

function comparisonView(context: CaseContext) {
  const { application, resident, confirmed } = context;
  if (application === null || resident === null) return { applicationDate: "", furigana: "", items: [], ready: false };
  const items = compareWithRegister(application, resident).map((comparison): ComparedItem => {
    const { item, result } = comparison;
    const shown =
      item === "dateOfBirth" || item === "gender"
        ? wordSegments(item, application, resident, result)
        : segmentsOf(comparison);
    const written = application[item] ?? "";
    return {
      item,
      ...shown,
      applicationText:
        item === "dateOfBirth"
          ? dateOfBirthText(written)
          : item === "gender"
            ? genderText(application.gender).ja
            : written,
      verdict: result === "same" ? "same" : result === "soft" ? "spelling" : "different",
      differences: differenceWords(comparison),
      confirmed: confirmed.includes(item),
    };
  });
  const ready = items.every(({ verdict, confirmed }) => confirmed && verdict !== "different");
  return { applicationDate: application.date, furigana: application.furigana, items, ready };
}

// Codes are compared, words are shown: the whole word is marked.
function wordSegments(
  item: "dateOfBirth" | "gender",
  application: NonNullable<CaseContext["application"]>,
  resident: NonNullable<CaseContext["resident"]>,
  result: "same" | "soft" | "hard",
) {
  const word = (person: typeof application | typeof resident) =>
    item === "gender" ? genderText(person.gender).ja : dateOfBirthText(person.dateOfBirth);
  return {
    application: [{ kind: result, text: word(application) }],
    register: [{ kind: result, text: word(resident) }],
  };
}

function confirmation(context: CaseContext, now: CounterNow) {
  const document = identityDocumentKinds.find(({ kind }) => kind === context.proof?.document);
  return {
    identityDocument: document?.name ?? { ja: "", en: "" },
    keyFingerprint: context.key === null ? "" : now.keyFingerprint(context.key.publicKey),
    algorithm: context.key === null ? "" : now.keyAlgorithm(context.key.publicKey),
  };
}

/** The issued certificate as people see it. */
export function certificateView({ certificate }: CaseContext): CertificateView {
  if (certificate === null) return { serial: "", notBefore: "", notAfter: "", issuer: "" };
  const { serial, notBefore, notAfter, issuer } = certificate;
  return { serial, notBefore, notAfter, issuer };
}

// UX C9: not an error of entry but a page of its own, with the certificate that is in the way.
function heldView(context: CaseContext, now: CounterNow) {
  const { held } = context;
  return {
    explanation: explainRefusal({ reason: "subscriberAlreadyHasCertificate", detail: {} }),
    certificate: {
      serialTail: held?.serial.slice(-4) ?? "",
      notBefore: held?.notBefore ?? null,
      notAfter: held?.notAfter ?? "",
      municipality: now.municipalityName(held?.municipality ?? ""),
    },
  };
}

function refusedView({ refusal, attemptOpen }: CaseContext) {
  const reason = refusal?.reason ?? "ruleBroken";
  // Before an attempt was opened there is no key to make anew.
  const ways = attemptOpen ? waysOutOf(reason) : [];
  return { explanation: explainRefusal(refusal ?? { reason, detail: {} }), ways: [...ways, "end" as const] };
}

function endingOf({ outcome, refusal, held }: CaseContext): Explanation | null {
  if (outcome === "doubt") return explainDoubt;
  if (outcome === "refused" && refusal !== null) return explainRefusal(refusal);
  return held === null ? null : explainRefusal({ reason: "subscriberAlreadyHasCertificate", detail: {} });
}

function noticeView(notice: Notice, { acknowledged }: CaseContext): NoticeView {
  return { ...notice, acknowledged: acknowledged[notice.id] !== undefined };
}

function clientSoftware(context: CaseContext): NoticeView {
  const notice = notices.find(({ id }) => id === "clientSoftware");
  if (notice === undefined) throw new Error("the notice on client software is missing");
  return noticeView(notice, context);
}
