/** The registry's vocabulary in words, each with its clause. */
import type { AccessHindrance, DemandState, VerifierRight, WithdrawalReason } from "@mitome/ca";
import type { VerifierOnWire } from "@mitome/ca-api";

/** The rights, in the order of the registry. */
export const rightWords: Readonly<Record<VerifierRight, { readonly name: string; readonly clause: string }>> = {
  ocsp: { name: "OCSPで有効性を尋ねる", clause: "4-4-4-3" },
  crl: { name: "失効リストを取得する（LDAP・HTTP）", clause: "4-4-4-5" },
  revocationInformation: { name: "失効情報の提供を受ける", clause: "1-1" },
  revocationInformationFile: { name: "失効情報ファイルの提供を受ける", clause: "1-1" },
};

/** Why something is not given, in a few words. */
export const hindranceWords: Readonly<Record<AccessHindrance, string>> = {
  notNotified: "届出が記録されていません",
  noAgreement: "取決めが記録されていません",
  notStarted: "利用がまだ始まっていません",
  stopped: "利用を止めています",
  rightNotGranted: "この権利は与えていません",
  quotaReached: "今月の上限に達しました",
};

/** What to do about it. */
export const remedyWords: Readonly<Record<AccessHindrance, string>> = {
  notNotified: "届出を受け取ったら、「届出と取決め」で届出を記録します。",
  noAgreement: "取決めを結んだら、「届出と取決め」で取決めを記録します。",
  notStarted: "「権利と利用」で権利を与え、利用を始めます。",
  stopped: "止めた理由がなくなったら、「権利と利用」で利用をまた始めます。",
  rightNotGranted: "取決めにある権利を「権利と利用」で与えます。",
  quotaReached: "翌月（日本時間）まで待つか、「権利と利用」で上限を改めます。",
};

/** How a demand stands. */
export const demandWords: Readonly<Record<DemandState, string>> = {
  open: "報告を待っています",
  overdue: "期限を過ぎています",
  answered: "期限までに報告がありました",
  answeredLate: "期限の後に報告がありました",
};

/** Why a credential is withdrawn. */
export const withdrawalWords: Readonly<Record<WithdrawalReason, string>> = {
  keyCompromise: "鍵又はパスワードが漏れた、又はその疑いがある",
  superseded: "新しいものに取り替えた",
  cessationOfOperation: "使わなくなった",
};

/** One recorded fact in words. */
export function factWords(fact: VerifierOnWire["history"][number]): string {
  switch (fact.kind) {
    case "notified":
      return "届出を受けた";
    case "agreed":
      return `取決めを結んだ（条項 ${fact.termsVersion}）`;
    case "agreementEnded":
      return "取決めが終わった";
    case "rightGranted":
      return `権利を与えた：${rightWords[fact.right].name}`;
    case "rightWithdrawn":
      return `権利を取り消した：${rightWords[fact.right].name}`;
    case "started":
      return "利用を始めた";
    case "stopped":
      return "利用を止めた";
    case "quotaSet":
      return fact.usesPerMonth === null ? "月の上限をなくした" : `月の上限を${fact.usesPerMonth}件にした`;
    case "confirmerListed":
      return `署名確認者を加えた：${fact.confirmer}`;
    case "confirmerStruck":
      return `署名確認者を除いた：${fact.confirmer}`;
  }
}

/** Where a verifier stands as a whole. */
export interface Overall {
  readonly label: string;
  readonly tone: "good" | "waiting" | "bad";
  /** What is in the way of everything, if one thing is. */
  readonly hindrance: AccessHindrance | undefined;
}

const labels: Readonly<Record<AccessHindrance, Overall>> = {
  notNotified: { label: "届出待ち", tone: "waiting", hindrance: "notNotified" },
  noAgreement: { label: "取決め待ち", tone: "waiting", hindrance: "noAgreement" },
  notStarted: { label: "開始待ち", tone: "waiting", hindrance: "notStarted" },
  stopped: { label: "停止中", tone: "bad", hindrance: "stopped" },
  rightNotGranted: { label: "権利なし", tone: "waiting", hindrance: "rightNotGranted" },
  quotaReached: { label: "上限到達", tone: "bad", hindrance: "quotaReached" },
};

/** Whether a verifier gets anything now, and if it gets nothing at all, why. */
export function overallOf({ rights }: VerifierOnWire): Overall {
  if (rights.some(({ hindrance }) => hindrance === null))
    return { label: "利用中", tone: "good", hindrance: undefined };
  // What stops a granted right says more than that another one was not granted.
  const stopped = rights.find(({ granted }) => granted) ?? rights[0];
  return labels[stopped?.hindrance ?? "rightNotGranted"];
}
