import type { RevocationReason } from "@mitome/ca";
import type { Freshness } from "./freshness.ts";
import type { PublishedCertificateKind } from "./public-view.ts";
import type { PublicService } from "./publication.ts";

/** The kinds of certificates in the order of the page, each with what it is for. */
export const certificateKinds: Readonly<
  Record<PublishedCertificateKind, { readonly name: string; readonly use: string }>
> = {
  selfSigned: {
    name: "自己署名証明書",
    use: "知事が自分の鍵を自分で証明したものです。検証はここから始まるので、取得したら必ず指紋を見比べてください。",
  },
  newWithOld: {
    name: "リンク証明書（NewWithOld）",
    use: "新しい鍵を古い鍵で署名したものです。古い自己署名証明書を持つ人が、新しい鍵を信じられるようにします。",
  },
  oldWithNew: {
    name: "リンク証明書（OldWithNew）",
    use: "古い鍵を新しい鍵で署名したものです。新しい自己署名証明書を持つ人が、古い鍵による証明書を検証できるようにします。",
  },
  crossIssued: {
    name: "相互認証証明書（個人認証BCAへ発行したもの）",
    use: "知事が個人認証BCAの鍵を証明したものです。",
  },
  crossReceived: {
    name: "相互認証証明書（個人認証BCAから受けたもの）",
    use: "個人認証BCAが知事の鍵を証明したものです。",
  },
  operational: {
    name: "運用のための証明書",
    use: "OCSPレスポンダと官職証明書検証サーバが回答に署名するためのものです。",
  },
};

/** The five reasons of 運用規程 4-4-4-2 in words. */
export const reasonWords: Readonly<Record<RevocationReason, string>> = {
  keyCompromise: "秘密鍵の危殆化",
  cACompromise: "知事の秘密鍵の危殆化",
  affiliationChanged: "記載内容の変更",
  superseded: "更新",
  cessationOfOperation: "使用の終了",
};

/** States of a list in words. */
export const freshnessWords: Readonly<Record<Freshness, string>> = {
  fresh: "正常",
  late: "遅れ",
  critical: "重大な遅れ",
  expired: "期限切れ",
  missing: "未発行",
};

/** The services that can be away. */
export const serviceWords: Readonly<Record<PublicService, string>> = {
  http: "リポジトリ（HTTP）",
  ldap: "リポジトリ（LDAP）",
  ocsp: "OCSPレスポンダ",
};
