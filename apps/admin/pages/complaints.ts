/** What went wrong, why, and what to do next: every refusal of the authority, and of the desk itself, in words. */
import type { AccessHindrance, FactRefusal } from "@mitome/ca";
import { hindrances } from "@mitome/ca";
import { hindranceWords, remedyWords } from "./words.ts";

/** Said to the operator, in this order. */
export interface Complaint {
  readonly what: string;
  readonly why: string;
  readonly next: string;
  /** Name of the field that is wrong, if it is one. */
  readonly field?: string;
}

/** Everything that an act at the desk is refused for. */
export type DeskRefusal =
  | AccessHindrance
  | FactRefusal
  | "idTaken"
  | "noVerifier"
  | "changedMeanwhile"
  | "nothingChanged"
  | "noCertificationRequest"
  | "requestNotGood"
  | "keyNotAllowed"
  | "keySeenBefore"
  | "notCertified"
  | "noDirectory"
  | "directoryAway"
  | "passwordNotSet"
  | "noLivingCredential"
  | "notConfirmed"
  | "dayPassed"
  | "noOpenDemand"
  | "formIncomplete"
  | "pageOld"
  | "authorityAway";

const nothingRecorded = "何も記録していません。";

const table: Readonly<Record<Exclude<DeskRefusal, AccessHindrance>, Omit<Complaint, "what">>> = {
  unknownTerms: { why: "その版の取決めの条項はありません。", next: "一覧にある版から選びます。" },
  quotaNotWhole: {
    why: "上限は0以上の整数です。",
    next: "数字だけで入力します。空欄にすると上限なしです。",
    field: "usesPerMonth",
  },
  confirmersAreForGroups: {
    why: "署名確認者の一覧を持つのは団体署名検証者だけです（運用規程 1-3-1(10)・(11)）。",
    next: "署名検証者は、自分で受け取った文書について自分で尋ねます。",
  },
  idTaken: {
    why: "同じIDの署名検証者等がもう登録されています。IDはLDAPの名前になるので、重ねられません。",
    next: "登録済みのものを一覧で確かめるか、ほかのIDにします。",
    field: "id",
  },
  noVerifier: { why: "登録簿にその署名検証者等がありません。", next: "一覧から選び直します。" },
  changedMeanwhile: {
    why: "この画面を開いた後に、ほかの人がこの署名検証者等について記録しました。",
    next: "下の新しい内容を見てから、必要ならもう一度行います。",
  },
  nothingChanged: {
    why: "記録されている内容と同じです。",
    next: "届け出られた変更を入力してから、もう一度記録します。",
    field: "name",
  },
  noCertificationRequest: {
    why: "証明書要求（PKCS#10）が見つかりません。PEMなら「-----BEGIN CERTIFICATE REQUEST-----」で始まります。",
    next: "ファイルを選ぶか、要求の全体を貼り付けます。証明書や秘密鍵は受け取りません。",
    field: "requestText",
  },
  requestNotGood: {
    why: "証明書要求の署名を、その中の公開鍵で検証できません。途中で欠けたか、書き換えられています。",
    next: "署名検証者等に要求を作り直して送ってもらいます。秘密鍵は送らせません。",
    field: "requestText",
  },
  keyNotAllowed: {
    why: "鍵が楕円曲線P-256ではありません。クライアント証明書の鍵はP-256だけです。",
    next: "P-256の鍵で要求を作り直してもらいます（openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256）。",
    field: "requestText",
  },
  keySeenBefore: {
    why: "この鍵には、もう証明書を渡しています。取り消したものでも、同じ鍵は二度使いません。",
    next: "新しい鍵で要求を作ってもらいます。",
    field: "requestText",
  },
  notCertified: {
    why: "署名器が証明書に署名しませんでした。認証局の鍵が活性化されていないことがあります。",
    next: "活性化を確かめて、同じ要求でもう一度行います。",
  },
  noDirectory: { why: "この認証局にはディレクトリが設定されていません。", next: "設定（directory）を確かめます。" },
  directoryAway: {
    why: "ディレクトリ（LDAP）に届きません。",
    next: "ディレクトリが動いていることを確かめて、もう一度行います。同じことを繰り返しても害はありません。",
  },
  passwordNotSet: {
    why: "名前を渡すことは記録しましたが、ディレクトリ（LDAP）に届かず、パスワードは設定していません。前のパスワードがあれば、まだそれが使えます。",
    next: "ディレクトリが動いていることを確かめて、もう一度設定します。",
  },
  noLivingCredential: {
    why: "有効なクレデンシャルではありません。取り消し済みか、期限が終わっています。",
    next: "下の一覧で今の状態を確かめます。",
  },
  notConfirmed: {
    why: "取り消しは元に戻せないので、確認の印が要ります。",
    next: "「元に戻せないことを確かめました」に印を付けて、もう一度行います。",
  },
  dayPassed: { why: "報告の期限が過ぎた日です。", next: "今日以後の日を選びます。", field: "dueOn" },
  noOpenDemand: { why: "報告を待っている求めではありません。もう記録されています。", next: "下の一覧で確かめます。" },
  formIncomplete: { why: "要る項目が空か、書き方が違います。", next: "すべての項目を確かめて、もう一度行います。" },
  pageOld: {
    why: "この画面は、運営卓のプログラムが始まり直す前に開いたものです。",
    next: "下は新しい画面です。同じことをもう一度行います。",
  },
  authorityAway: {
    why: "認証局の台帳か署名器に届きません。記録されたかどうかも分かりません。",
    next: "少し待ってこの画面を開き直し、記録されていなければもう一度行います。",
  },
};

/** Said where a page cannot be shown. */
export const pageAway: Complaint = {
  what: "この画面は表示できませんでした。",
  why: "認証局の台帳に届きません。",
  next: "少し待って開き直します。",
};

/** Words for a refusal of what was tried, such as `権利を与えること`. */
export function complaintOf(tried: string, reason: DeskRefusal): Complaint {
  const recorded = reason === "authorityAway" || reason === "passwordNotSet";
  const what = `${tried}はできませんでした。${recorded ? "" : nothingRecorded}`;
  if (isHindrance(reason)) {
    return { what, why: `${hindranceWords[reason]}（運用規程 ${hindrances[reason]}）。`, next: remedyWords[reason] };
  }
  return { what, ...table[reason] };
}

function isHindrance(reason: DeskRefusal): reason is AccessHindrance {
  return Object.hasOwn(hindrances, reason);
}

const fieldWords: readonly (readonly [pattern: RegExp, name: string, form: string])[] = [
  [/^id$/, "ID", "英小文字で始まる、英小文字・数字・ハイフンの2～32字です。"],
  [/^name$/, "名称", "前後に空白のない1行、200字までです。"],
  [/^address$/, "所在地", "前後に空白のない1行、200字までです。"],
  [/^(?:class|kind)$/, "区分", "運用規程 1-3-1 (9)・(11) の区分から選びます。"],
  [/\.department$/, "連絡先の部署", "1行、100字までです。"],
  [/\.person$/, "連絡先の担当者", "1行、100字までです。"],
  [/\.telephone$/, "連絡先の電話番号", "数字、+、括弧、ハイフンの6～20字です。"],
  [/\.email$/, "連絡先の電子メール", "name@example.jp の形です。"],
];

/** Words for what a verifier notified where one field of it is wrong; `field` is its path as the core names it. */
export function wrongRegistration(tried: string, field: string): Complaint {
  const [, name, form] = fieldWords.find(([pattern]) => pattern.test(field)) ?? [/./, "項目", "書き方が違います。"];
  return {
    what: `${tried}はできませんでした。${nothingRecorded}`,
    why: `${name}の書き方が違います。${form}`,
    next: `${name}を直して、もう一度行います。ほかの項目は残してあります。`,
    field,
  };
}
