/** Every refusal in words: what happened, the clause where there is one, and the next step, in Japanese and English. */
import type { CardProblem, CaseRefusal, KeyFailure, RefusalReason, TroubleKind } from "./case-context.ts";
import type { IdentityProblem } from "./identity-documents.ts";
import type { Explanation, Text } from "./views.ts";

type Words = readonly [what: Text, clause: string | null, ...next: Text[]];

const cps = (clause: string): string => `千葉県運用規程 ${clause}`;
const t = (ja: string, en: string): Text => ({ ja, en });

const newKey = t(
  "新しい鍵を作り直します（パスワードの入力からやり直し）。",
  "Make a new key: start again from the password.",
);
const end = t("この受付を終わります。", "End this case.");
const tellStaff = t("情報システムの担当者に連絡してください。", "Tell the person in charge of the system.");
const otherCard = t("別の新しいカードを置いてください。", "Put another, new card on the reader.");
const waiting = t("つながり次第、自動で続きます。このままお待ちください。", "It goes on by itself. Please wait.");

const ofRefusal = {
  municipalityNotOfThisPrefecture: [
    t("この市区町村は、この認証局の区域ではありません。", "This municipality is outside the authority's prefecture."),
    cps("1-3-1(7)"),
    tellStaff,
  ],
  municipalityNotTheCallers: [
    t("この市区町村の住民ではありません。", "The person is not a resident of this municipality."),
    cps("4-1-1 ①"),
    t("住所地の市区町村の窓口を案内してください。", "Direct the person to the municipality of residence."),
    end,
  ],
  unknownProfile: [
    t("認証局がこの種類の証明書を知りません。", "The authority does not know this kind of certificate."),
    null,
    tellStaff,
  ],
  characterOutsideRepertoire: [
    t(
      "使える文字（JIS X 0208、JIS X 0212）にない文字があります。",
      "There is a character outside JIS X 0208 and JIS X 0212.",
    ),
    cps("3-1-8"),
    t(
      "代替文字の選択が必要です。この受付では発行できません。",
      "A substitute character must be chosen; it cannot be issued in this case.",
    ),
    end,
  ],
  publicKeyRefused: [
    t("作られた鍵が検査に通りませんでした。", "The key did not pass the checks."),
    cps("2-1-3(5)"),
    newKey,
  ],
  publicKeySeenBefore: [
    t("この鍵は、すでに使われたことがあります。", "This key has been used before."),
    cps("2-1-3(5)"),
    newKey,
  ],
  proofOfPossessionWrong: [
    t("秘密鍵を持っていることの証明が確かめられません。", "The proof of possession of the key could not be verified."),
    cps("3-1-11"),
    newKey,
  ],
  keyNotMadeOnCard: [
    t(
      "鍵がこのカードの中で作られたことを確かめられません。",
      "It could not be shown that the key was made on this card.",
    ),
    cps("6-2-2-4"),
    newKey,
  ],
  unknownCard: [
    t("認証局に登録されていないカードです。", "The authority does not know this card."),
    cps("4-1-3"),
    otherCard,
  ],
  cardNotInStock: [
    t("このカードは、この市区町村で使えるカードではありません。", "This card is not in this municipality's stock."),
    cps("4-1-3"),
    otherCard,
  ],
  caseNotOpen: [t("認証局で、この受付が開かれていません。", "The case is not open at the authority."), null, end],
  authorityNotActivated: [
    t("認証局の署名鍵が活性化されていません。", "The authority's key is not activated."),
    cps("6-2-1-7"),
    t("活性化されるまで保留にし、あとで再開できます。", "Suspend the case and resume it later."),
  ],
  doubtRecorded: [
    t("この方について、本人確認の疑義が記録されています。", "A doubt about the person's identity is on record."),
    cps("3-1-9"),
    t("発行しません。責任者に相談してください。", "Do not issue. Speak to the person in charge."),
    end,
  ],
  sameItemsUnderAnotherResident: [
    t(
      "同じ4情報の証明書が、別の住民票コードで発行されています。",
      "A certificate with the same four items exists under another resident.",
    ),
    cps("4-2-3"),
    t("認証局が調べます。発行しません。", "The authority will look into it. Nothing is issued."),
    end,
  ],
  registerChangedSince: [
    t("照合のあとに、住民票が変わりました。", "The register changed after the comparison."),
    cps("3-1-9 ①"),
    t("住民基本台帳との照合からやり直します。", "Compare with the register again."),
  ],
  registerVersionFarAhead: [
    t("住民票の版の番号が、あり得ない大きさです。", "The register's version of this record is higher than it can be."),
    null,
    tellStaff,
    end,
  ],
  attemptEnded: [t("この鍵についての申請は終わっています。", "The request for this key has ended."), null, newKey],
  differentRequestUnderSameKey: [
    t("同じ受付番号で、違う内容の申請がありました。", "Another request came under the same number."),
    null,
    newKey,
  ],
  keyTooOld: [
    t("鍵が作られてから時間がたちすぎています。", "Too much time has passed since the key was made."),
    cps("6-3-2"),
    newKey,
  ],
  clockUntrusted: [
    t("認証局の時計が確かめられません。", "The authority's clock cannot be trusted now."),
    null,
    t("保留にし、あとで再開できます。", "Suspend the case and resume it later."),
  ],
  ruleBroken: [t("証明書の内容が規則に合いません。", "The certificate would break a rule."), null, tellStaff, end],
  requestSignatureWrong: [
    t(
      "この市区町村からの申請であることを確かめられません。",
      "The request could not be shown to be this municipality's.",
    ),
    cps("2-1-3(6)"),
    tellStaff,
    end,
  ],
  cardBusy: [
    t("このカードは、別の受付で使われています。", "The card is in use in another case."),
    null,
    t("その受付を終わらせてから、やり直してください。", "End that case first, then start again."),
    end,
  ],
  otherCardInCase: [
    t("この受付では、別のカードがすでに使われています。", "Another card is already in use in this case."),
    null,
    t("新しく受け付けてください。", "Start a new case."),
    end,
  ],
  subscriberAlreadyHasCertificate: [
    t("有効な電子証明書をすでに持っています。", "The person already holds a valid certificate."),
    cps("4-2-3"),
    t(
      "更新する場合は、いまのカードを持って更新の手続をします。",
      "To renew, bring the present card and apply for renewal.",
    ),
    t("カードをなくした場合は、さきに失効の申請をします。", "If the card is lost, apply for revocation first."),
    end,
  ],
  addressTooLong: [
    t("住所が200文字を超えています。", "The address is longer than 200 characters."),
    cps("3-1-7"),
    tellStaff,
    end,
  ],
  itemMissing: [
    t("住民票に必要な記載がありません。", "The record lacks an item that the certificate needs."),
    cps("3-1-2"),
    end,
  ],
} as const satisfies Record<RefusalReason, Words>;

const ofCard = {
  unknownCard: ofRefusal.unknownCard,
  cardNotInStock: ofRefusal.cardNotInStock,
  cardInUse: [
    t("このカードは、別の受付で使われています。", "This card is in use in another case."),
    null,
    t(
      "保留中の受付を終わらせるか、別のカードを置いてください。",
      "Finish the suspended case, or put another card on the reader.",
    ),
  ],
  cardHoldsCertificate: [
    t("このカードには、すでに電子証明書が入っています。", "The card already holds a certificate."),
    cps("4-1-1 ①"),
    t("更新または失効の手続をしてください。", "Apply for renewal or revocation."),
    otherCard,
  ],
  cardUnreadable: [
    t("カードが読めません。", "The card cannot be read."),
    cps("4-1-3"),
    t("カードを置き直してください。", "Put the card on the reader again."),
    otherCard,
  ],
} as const satisfies Record<CardProblem, Words>;

const again = t("もう一度パスワードを入力してください。", "Please enter the password again.");

const ofKeyFailure = {
  cardRemoved: [
    t("鍵を作っているときにカードが離れました。", "The card was taken away while the key was being made."),
    null,
    t(
      "カードを置いたまま、もう一度パスワードを入力してください。",
      "Leave the card on the reader and enter the password again.",
    ),
  ],
  otherCard: [
    t("別のカードが置かれました。", "Another card lies on the reader."),
    null,
    t(
      "はじめのカードを置いて、もう一度パスワードを入力してください。",
      "Put the first card back and enter the password again.",
    ),
  ],
  passwordRefused: [
    t("このパスワードは使えません。", "This password cannot be used."),
    null,
    t("英大文字と数字で、6文字から16文字にしてください。", "Use 6 to 16 upper-case letters and digits."),
  ],
  passwordLost: [
    t("機械が止まったため、鍵を作れませんでした。", "The machine stopped before the key was made."),
    null,
    again,
  ],
  sealNotOpened: [t("パスワードを受け取れませんでした。", "The password could not be received."), null, again],
  commandExpired: [t("時間がかかりすぎたため、取りやめました。", "It took too long and was stopped."), null, again],
  authorisationRefused: [
    t("カードへの書き込みが許可されませんでした。", "Writing to the card was not authorised."),
    cps("6-2-2-4"),
    t("職員をお呼びください。", "Please call the staff."),
  ],
  cardFailed: [t("カードが鍵を作れませんでした。", "The card could not make the key."), null, again],
} as const satisfies Record<KeyFailure, Words>;

const ofTrouble = {
  authorityUnreachable: [t("認証局につながりません。", "The authority does not answer."), null, waiting],
  hsmUnavailable: [
    t("認証局の署名装置が応答しません。", "The authority's signing device does not answer."),
    null,
    waiting,
  ],
  authorityNotActivated: [ofRefusal.authorityNotActivated[0], cps("6-2-1-7"), waiting],
  clockUntrusted: [ofRefusal.clockUntrusted[0], null, waiting],
  agentAbsent: [t("カードの装置とつながっていません。", "The card device is not connected."), null, waiting],
  cardAbsent: [
    t("カードがありません。", "There is no card on the reader."),
    null,
    t("カードを置いてください。同じところから続きます。", "Put the card on the reader. It goes on from here."),
  ],
  otherCard: [
    t("この受付のカードではありません。", "This is not the card of this case."),
    null,
    t("この受付のカードを置いてください。", "Put the card of this case on the reader."),
  ],
  cardFailed: [
    t("カードへの書き込みがうまくいきませんでした。", "Writing to the card did not succeed."),
    null,
    t(
      "カードを置き直してください。自動でやり直します。",
      "Put the card on the reader again; it is tried again by itself.",
    ),
  ],
  registerUnreachable: [
    t("住民基本台帳につながりません。", "The resident register does not answer."),
    null,
    t("しばらくしてから、もう一度照会してください。", "Search again after a while."),
  ],
} as const satisfies Record<TroubleKind, Words>;

const ofIdentity = {
  unknownDocument: [
    t("この書類は、本人確認書類の表にありません。", "This document is not in the table."),
    cps("3-1-9 ②"),
    t("表にある書類を選んでください。", "Choose a document of the table."),
  ],
  expiryMissing: [
    t("有効期限が入っていません。", "The date of expiry is missing."),
    cps("3-1-9 ②"),
    t("書類の有効期限を入力してください。", "Enter the document's date of expiry."),
  ],
  expiryUnreadable: [
    t("その日付はありません。", "That date does not exist."),
    cps("3-1-9 ②"),
    t("書類の有効期限を見直してください。", "Look at the document's date of expiry again."),
  ],
  documentExpired: [
    t("書類の有効期限が切れています。", "The document has expired."),
    cps("3-1-9 ②"),
    t("有効な別の書類を求めてください。", "Ask for another document that is valid."),
  ],
  photoDoesNotMatch: [
    t("写真と本人が一致しません。", "The photograph does not match the person."),
    cps("3-1-9 但し書"),
    t(
      "疑義があるときは発行しません（「疑義」で終わります）。",
      "Where there is doubt, nothing is issued: stop for doubt.",
    ),
  ],
  copyNotTaken: [
    t("書類の写しをとっていません。", "No copy of the document was taken."),
    cps("2-1-3(4)"),
    t("書類の写しをとってください。", "Take a copy of the document."),
  ],
} as const satisfies Record<IdentityProblem, Words>;

/** What a clerk typed and cannot be taken. */
export const entryProblems = ["dateDoesNotExist", "itemUnreadable", "itemDiffers", "itemsOpen", "kanaMissing"] as const;
export type EntryProblem = (typeof entryProblems)[number];

const ofEntry = {
  dateDoesNotExist: [
    t("その日付は、その元号にありません。", "That date does not exist in its era."),
    null,
    t("生年月日を見直してください（例：S640107）。", "Look at the date again (for example S640107)."),
  ],
  itemUnreadable: [
    t("この項目として読めません。", "It cannot be read as this item."),
    cps("4-1-2"),
    t("申請書のとおりに入力してください。", "Enter what the form says."),
  ],
  itemDiffers: [
    t("申請書と住民票が違います。", "The form and the register differ."),
    cps("3-1-9 ①"),
    t(
      "申請書を直してもらうか、疑義があるときは発行しません。",
      "Have the form corrected; where there is doubt, do not issue.",
    ),
  ],
  itemsOpen: [
    t("まだ確かめていない項目があります。", "Some items are not confirmed yet."),
    cps("3-1-9 ①"),
    t("すべての項目を確かめてください。", "Confirm every item."),
  ],
  kanaMissing: [
    t("ふりがなを読めません。", "The kana cannot be read."),
    null,
    t("ひらがなかカタカナで入力してください。", "Enter hiragana or katakana."),
  ],
} as const satisfies Record<EntryProblem, Words>;

/** Log-in and screens (千葉県運用規程 5-1-2-2: ID and password). */
export const accessProblems = [
  "wrongAccountOrPassword",
  "accountLocked",
  "passwordTooShort",
  "passwordIsOld",
  "passwordHoldsAccount",
  "codeNotGood",
  "secondFactorWrong",
] as const;
export type AccessProblem = (typeof accessProblems)[number];

const ofAccess = {
  wrongAccountOrPassword: [
    t("IDまたはパスワードが違います。", "The ID or the password is wrong."),
    cps("5-1-2-2"),
    t("5回まちがえると、使えなくなります。", "After five wrong entries the account is locked."),
  ],
  accountLocked: [
    t("まちがいが続いたため、このIDは使えません。", "The account is locked after wrong entries."),
    cps("5-1-2-2"),
    t("15分待つか、管理者に解除を頼んでください。", "Wait 15 minutes or ask the administrator."),
  ],
  passwordTooShort: [
    t("パスワードが短すぎます。", "The password is too short."),
    cps("5-1-2-2"),
    t("12文字以上にしてください。", "Use at least 12 characters."),
  ],
  passwordIsOld: [
    t("いまと同じパスワードです。", "It is the present password."),
    cps("5-1-2-2"),
    t("違うパスワードにしてください。", "Choose another one."),
  ],
  passwordHoldsAccount: [
    t("パスワードにIDが入っています。", "The password contains the ID."),
    cps("5-1-2-2"),
    t("IDを含まないパスワードにしてください。", "Choose one without the ID."),
  ],
  codeNotGood: [
    t("この登録コードは使えません。", "The enrolment code is not good."),
    null,
    t(
      "新しいコードを発行してもらってください（1時間、1回かぎり）。",
      "Ask for a new code: it is good once, for one hour.",
    ),
  ],
  secondFactorWrong: [
    t("確認コードが違います。", "The code is wrong."),
    cps("5-1-2-2"),
    t(
      "認証アプリに次のコードが出るのを待って入力してください。コードは1回かぎりです。",
      "Wait for the next code of the authenticator app: each is good once.",
    ),
  ],
} as const satisfies Record<AccessProblem, Words>;

const put = (reason: string, [what, clause, ...next]: Words): Explanation => ({ reason, what, clause, next });

/** A refusal in words; names the character and its place, the rule or the check where the refusal carries one. */
export function explainRefusal({ reason, detail }: CaseRefusal): Explanation {
  const { what, clause, next } = put(reason, ofRefusal[reason]);
  if (reason === "characterOutsideRepertoire") {
    const item = itemNames[String(detail.item ?? detail.field)] ?? t("項目", "item");
    const more = t(
      `${item.ja}の${detail.position}文字目「${detail.character}」は使えません。`,
      `Character ${detail.position} of the ${item.en}, “${detail.character}”, cannot be used.`,
    );
    return { reason, what: t(more.ja + what.ja, `${more.en} ${what.en}`), clause, next };
  }
  if (reason === "ruleBroken")
    return {
      reason,
      what: t(`${what.ja}（${detail.rule}）`, `${what.en} (${detail.rule})`),
      clause: String(detail.clause),
      next,
    };
  if (reason === "publicKeyRefused")
    return { reason, what: t(`${what.ja}（${detail.check}）`, `${what.en} (${detail.check})`), clause, next };
  return { reason, what, clause, next };
}

export const explainCard = (problem: CardProblem): Explanation => put(problem, ofCard[problem]);
export const explainKeyFailure = (failure: KeyFailure): Explanation => put(failure, ofKeyFailure[failure]);
export const explainTrouble = (trouble: TroubleKind): Explanation => put(trouble, ofTrouble[trouble]);
export const explainIdentity = (problem: IdentityProblem): Explanation => put(problem, ofIdentity[problem]);
export const explainEntry = (problem: EntryProblem): Explanation => put(problem, ofEntry[problem]);
export const explainAccess = (problem: AccessProblem): Explanation => put(problem, ofAccess[problem]);

/** Doubt about who the applicant is. 3-1-9: nothing is issued. */
export const explainDoubt: Explanation = put("doubt", [
  t("本人確認に疑義があるため、発行しません。", "There is doubt about the identity: nothing is issued."),
  cps("3-1-9 但し書"),
  t(
    "責任者に報告してください。カードを預かったときは、お返しください。",
    "Report it to the person in charge and give the card back.",
  ),
]);

/** Names of the items as people read them. */
export const itemNames: Readonly<Record<string, Text>> = {
  name: t("氏名", "name"),
  alias: t("通称", "alias"),
  address: t("住所", "address"),
  dateOfBirth: t("生年月日", "date of birth"),
  gender: t("性別", "gender"),
};
