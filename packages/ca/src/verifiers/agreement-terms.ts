/** What the agreement (取決め, 千葉県運用規程 2-1-2(32), 2-1-6(4), 2-1-7(3)) binds a verifier to, in plain words of our own. */
import type { VerifierKind } from "./verifier.ts";

/** One duty in an agreement. A 署名確認者 has no agreement: the 団体署名検証者 that lists it answers for its duties. */
export interface Duty {
  readonly id: string;
  readonly clause: string;
  readonly bearer: VerifierKind | "confirmer";
  readonly ja: string;
}

/** The terms as they were agreed on; a change of any text is a new version, and the old one stays readable. */
export interface AgreementTerms {
  readonly version: string;
  readonly duties: readonly Duty[];
}

// 4-4-11 names the 署名検証者 alone; a 団体署名検証者 gets the same lists by 1-3-1(11), so it is bound the same way.
const crlCheck =
  "有効かどうかは、千葉県知事が発行した失効記録（CRL/ARL）又は知事の回答で確かめ、ほかの情報で判断しません。";
const agreement = "失効情報や失効情報ファイルを受け取る前に、この取決めを知事と結びます。";
const reports = "総務大臣又は知事から業務の報告を求められたら、期限までに答えます。";
const secrecy = "受け取った失効情報等を外に漏らさず、確認の目的だけに使います。";
const security = "受け取った失効情報等を失い、壊し、盗まれることのないよう、安全に管理します。";
const fee = "情報提供手数料を、請求された期限までに納めます。";

/** The terms, newest last. */
export const agreementTerms: readonly AgreementTerms[] = [
  {
    version: "2026-11-1",
    duties: [
      duty(
        "verifier",
        "verifySignature",
        "2-1-6(1)",
        "受け取った文書の電子署名を、付いている電子証明書の公開鍵で検証します。",
      ),
      duty(
        "verifier",
        "verifyCertificate",
        "2-1-6(2)",
        "その電子証明書が千葉県知事の発行したもので、失効していないことを確かめます。",
      ),
      duty(
        "verifier",
        "noOtherUse",
        "2-1-6(3)",
        "電子証明書は、オンラインの申請・届出をした本人を確かめるためだけに使います。",
      ),
      duty("verifier", "agreement", "2-1-6(4)", agreement),
      duty("verifier", "reports", "2-1-6(5)", reports),
      duty("verifier", "secrecy", "2-1-6(6)", secrecy),
      duty("verifier", "security", "2-1-6(7)", security),
      duty("verifier", "fee", "2-1-6(8)", fee),
      duty("verifier", "crlCheck", "4-4-11", crlCheck),
      duty(
        "groupVerifier",
        "confirmNotRevoked",
        "2-1-7(1)",
        "千葉県知事の発行した電子証明書が失効していないことを確かめます。",
      ),
      duty(
        "groupVerifier",
        "noOtherUse",
        "2-1-7(2)",
        "署名確認者から届いた署名の本人を確かめるためだけに、電子証明書を使います。",
      ),
      duty("groupVerifier", "agreement", "2-1-7(3)", agreement),
      duty("groupVerifier", "reports", "2-1-7(4)", reports),
      duty("groupVerifier", "secrecy", "2-1-7(5)", secrecy),
      duty("groupVerifier", "security", "2-1-7(6)", security),
      duty("groupVerifier", "fee", "2-1-7(7)", fee),
      duty("groupVerifier", "crlCheck", "4-4-11", crlCheck),
      duty("confirmer", "verifySignature", "2-1-8(1)", "署名確認者は、受け取った文書の電子署名を自分で検証します。"),
      duty(
        "confirmer",
        "verifyCertificate",
        "2-1-8(2)",
        "署名確認者は、電子証明書の発行者が知事であることと、失効していないことを確かめます。",
      ),
      duty(
        "confirmer",
        "noOtherUse",
        "2-1-8(3)",
        "署名確認者は、申請・届出をした本人を確かめるためだけに、電子証明書を使います。",
      ),
      duty(
        "confirmer",
        "secrecy",
        "2-1-8(4)",
        "署名確認者は、団体署名検証者の回答を外に漏らさず、確認の目的だけに使います。",
      ),
      duty("confirmer", "security", "2-1-8(5)", "署名確認者は、団体署名検証者の回答を安全に管理します。"),
    ],
  },
];

function duty(bearer: Duty["bearer"], id: string, clause: string, ja: string): Duty {
  return { id: `${bearer}.${id}`, clause, bearer, ja };
}

/** The duties in this version of an agreement with this kind of verifier; `undefined` when there is no such version. */
export function dutiesIn(version: string, kind: VerifierKind): readonly Duty[] | undefined {
  const bearers: readonly Duty["bearer"][] = kind === "groupVerifier" ? [kind, "confirmer"] : [kind];
  const terms = agreementTerms.find((one) => one.version === version);
  return terms?.duties.filter(({ bearer }) => bearers.includes(bearer));
}
