/** The papers of a case as data; the screens' renderer makes A4 PDFs of them. They can be made again at any time. */
import type { CaseContext } from "./case-context.ts";
import { certificateView } from "./counter-screens.ts";
import { japaneseDay } from "./japanese-day.ts";
import { issueFeeYen, type Notice, notices, terms } from "./notices.ts";
import { personView } from "./person.ts";
import type { CertificateView, DocumentKind, PersonView } from "./views.ts";

/** 電子証明書発行申請書: exactly the fields of 千葉県運用規程 4-1-2. */
export interface ApplicationDocument {
  readonly kind: "application";
  readonly municipality: string;
  readonly caseId: string;
  /** `YYYY-MM-DD`, Japan. */
  readonly date: string;
  readonly person: PersonView;
  /** Substitute characters (代替文字) of name, alias and address: one digit a character, 1 where one stands. */
  readonly substitutions: { readonly name: string; readonly alias: string | null; readonly address: string };
  /** The duties (2-1-5) above the signature. */
  readonly terms: readonly Notice[];
}

/** 電子証明書の写し (4-3-1 ②), with the notices (4-3-2 and the others) on it. */
export interface CertificateCopyDocument {
  readonly kind: "certificateCopy";
  readonly municipality: string;
  readonly certificate: CertificateView;
  readonly person: PersonView;
  readonly notices: readonly Notice[];
}

/** 領収書 of the issue fee (2-1-3(14)). */
export interface ReceiptDocument {
  readonly kind: "receipt";
  readonly municipality: string;
  readonly caseId: string;
  readonly payer: string;
  readonly yen: number;
  readonly receivedOn: string;
}

export type DocumentModel = ApplicationDocument | CertificateCopyDocument | ReceiptDocument;

/** The document of a case, or null while the case has not come that far. `municipality` is the name printed. */
export function documentOf(context: CaseContext, kind: DocumentKind, municipality: string): DocumentModel | null {
  const { caseId, application, resident, certificate, feeReceivedAt } = context;
  if (application === null || resident === null) return null;
  switch (kind) {
    case "application": {
      const { date, substitutions } = application;
      return { kind, municipality, caseId, date, person: personView(application), substitutions, terms };
    }
    case "certificateCopy":
      if (certificate === null) return null;
      return { kind, municipality, certificate: certificateView(context), person: personView(resident), notices };
    case "receipt":
      if (feeReceivedAt === null) return null;
      return {
        kind,
        municipality,
        caseId,
        payer: resident.name,
        yen: issueFeeYen,
        receivedOn: japaneseDay(feeReceivedAt),
      };
  }
}
