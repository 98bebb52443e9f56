import type { Text } from "./views.ts";

/**
 * A document by which an applicant shows that he or she is the resident (本人性の確認): issued by a public body, with a
 * photograph. 千葉県運用規程 3-1-9 ② and 規則6条1項 name the class; these are its kinds.
 */
export interface IdentityDocumentKind {
  readonly kind: string;
  readonly name: Text;
  /** Every document of this class bears a photograph: the clerk compares the face. */
  readonly photo: "required";
  /** `date`: it shows a date of expiry and is refused after it; `none`: it shows none. */
  readonly expiry: "date" | "none";
  readonly clause: string;
}

const clause = "千葉県運用規程 3-1-9 ②（規則6条1項）";

const document = (kind: string, expiry: "date" | "none", ja: string, en: string): IdentityDocumentKind => ({
  kind,
  name: { ja, en },
  photo: "required",
  expiry,
  clause,
});

/** The documents of which one alone is enough, the commonest first (the clerk picks by number). */
export const identityDocumentKinds: readonly IdentityDocumentKind[] = [
  document("driversLicence", "date", "運転免許証", "Driver's licence"),
  document("passport", "date", "旅券", "Passport"),
  document(
    "basicResidentRegisterCard",
    "date",
    "住民基本台帳カード（写真付き）",
    "Basic Resident Register card with photo",
  ),
  document("residenceCard", "date", "在留カード", "Residence card"),
  document("specialPermanentResidentCertificate", "date", "特別永住者証明書", "Special permanent resident certificate"),
  document(
    "drivingHistoryCertificate",
    "none",
    "運転経歴証明書（平成24年4月1日以後の交付）",
    "Driving history certificate",
  ),
  document("disabilityCertificate", "none", "身体障害者手帳", "Physical disability certificate"),
  document("woundedVeteranCertificate", "none", "戦傷病者手帳", "Wounded veteran's certificate"),
  document(
    "publicServantCard",
    "date",
    "官公庁・独立行政法人の写真付き身分証明書",
    "Public body's identity card with photo",
  ),
  document("seamansBook", "date", "船員手帳", "Seaman's book"),
  document("marineLicence", "date", "海技免状", "Marine technical officer's licence"),
  document("smallVesselLicence", "date", "小型船舶操縦免許証", "Small vessel operator's licence"),
  document("gunLicence", "date", "猟銃・空気銃所持許可証", "Hunting gun and air gun permit"),
  document("realEstateNotary", "date", "宅地建物取引士証", "Real estate transaction agent's card"),
  document("electrician", "none", "電気工事士免状", "Electrician's licence"),
  document("radioOperator", "none", "無線従事者免許証", "Radio operator's licence"),
  document("certifiedElectrician", "none", "認定電気工事従事者認定証", "Certified electric worker's card"),
  document("specialElectrician", "none", "特種電気工事資格者認定証", "Special electric work qualification card"),
  document("airworthinessInspector", "none", "耐空検査員の証", "Airworthiness inspector's card"),
  document("airman", "none", "航空従事者技能証明書", "Airman competence certificate"),
  document("flightDispatcher", "none", "運航管理者技能検定合格証明書", "Flight dispatcher's certificate"),
  document("trainDriver", "none", "動力車操縦者運転免許証", "Railway driver's licence"),
  document("drivingInstructor", "none", "教習資格認定証", "Shooting instruction qualification card"),
  document("securityGuard", "none", "検定合格証（警備業法23条4項）", "Security work examination certificate"),
];

/** Why a document does not prove the identity; `photoDoesNotMatch` is doubt, and doubt means no issue (3-1-9). */
export type IdentityProblem =
  | "unknownDocument"
  | "expiryMissing"
  | "expiryUnreadable"
  | "documentExpired"
  | "photoDoesNotMatch"
  | "copyNotTaken";

/** Finds what is wrong with a document shown on `day` (`YYYY-MM-DD`, Japan); null when it proves the identity. A document is good on its last day. */
export function identityProblem(
  shown: { document: string; expiresOn: string | null; photoMatches: boolean; copyTaken: boolean },
  day: string,
): IdentityProblem | null {
  const kind = identityDocumentKinds.find(({ kind }) => kind === shown.document);
  if (kind === undefined) return "unknownDocument";
  if (!shown.photoMatches) return "photoDoesNotMatch";
  if (kind.expiry === "date" && shown.expiresOn === null) return "expiryMissing";
  if (shown.expiresOn !== null && shown.expiresOn < day) return "documentExpired";
  return shown.copyTaken ? null : "copyNotTaken";
}
