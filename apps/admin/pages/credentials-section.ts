/** How a verifier shows who it is: client certificates and a name to bind with, given and withdrawn. */
import { withdrawalReasons } from "@mitome/ca";
import type { VerifierOnWire } from "@mitome/ca-api";
import { facts, type Html, html, instantOf } from "@mitome/ui/pages";
import { fileField, folded, form, mark, textArea } from "./forms.ts";
import { type PageContext, section } from "./frame.ts";
import { hindranceWords, withdrawalWords } from "./words.ts";

type Credential = VerifierOnWire["credentials"][number];

/** クレデンシャル. */
export function credentialsSection(one: VerifierOnWire, context: PageContext): Html {
  const living = one.credentials.filter(({ live }) => live);
  const ended = one.credentials.filter(({ live }) => !live);
  const items = living.map((credential, index) => livingItem(one, credential, index, context));
  return section(
    "credentials",
    "クレデンシャル",
    living.length === 0 ? html`<p>有効なクレデンシャルはありません。</p>` : html`<ul class="credentials">${items}</ul>`,
    certify(one, context),
    bind(one, context),
    ended.length === 0
      ? undefined
      : folded(`終わったもの（${ended.length}）`, false, html`<ul class="credentials">${ended.map(endedItem)}</ul>`),
  );
}

function nameOf(credential: Credential): string {
  return credential.kind === "clientCertificate" ? credential.fingerprint : credential.bindName;
}

function title(credential: Credential): string {
  return credential.kind === "clientCertificate" ? "クライアント証明書" : "LDAPの名前とパスワード";
}

function livingItem({ verifier }: VerifierOnWire, credential: Credential, index: number, context: PageContext): Html {
  const name = nameOf(credential);
  const reasons = [
    html`<option value="">選んでください</option>`,
    ...withdrawalReasons.map((reason) => html`<option value="${reason}">${withdrawalWords[reason]}</option>`),
  ];
  const action = `/verifiers/${verifier.id}/withdraw`;
  const frame = { action, button: "取り消す", grave: true, hidden: { credential: name }, about: title(credential) };
  return html`<li><h3>${title(credential)}</h3>${described(credential)}
${credential.kind === "clientCertificate" ? html`<p><a href="/verifiers/${verifier.id}/certificates/${name}.pem">証明書を取得する（PEM）</a></p>` : undefined}
${folded(
  "取り消す",
  false,
  html`<p>取り消すと、ただちに使えなくなります。元に戻せません。</p>`,
  form(
    context,
    frame,
    html`<p class="field"><label for="reason-${index}">理由</label><select id="reason-${index}" name="reason" required>${reasons}</select></p>`,
    mark("confirmed", `confirmed-${index}`, "元に戻せないことを確かめました"),
  ),
)}</li>`;
}

function endedItem(credential: Credential): Html {
  return html`<li><h3>${title(credential)}</h3>${described(credential)}</li>`;
}

function described(credential: Credential): Html {
  const given = instantOf(new Date(credential.notBefore));
  const ended: readonly (readonly [string, Html])[] =
    credential.withdrawnAt === null ? [] : [["取り消し", instantOf(new Date(credential.withdrawnAt))]];
  if (credential.kind === "ldapBind")
    return facts([["名前", html`<code>${credential.bindName}</code>`], ["設定", given], ...ended]);
  return facts([
    ["有効期間", html`${given}から ${instantOf(new Date(credential.notAfter))}まで`],
    [
      "指紋（SHA-256）",
      html`<code class="fingerprint">${credential.fingerprint.match(/.{4}/g)?.join(" ") ?? ""}</code>`,
    ],
    ["シリアル番号", html`<code>${credential.serial}</code>`],
    ...ended,
  ]);
}

function certify({ verifier }: VerifierOnWire, context: PageContext): Html {
  const open = context.complaint?.field === "requestText";
  return folded(
    "クライアント証明書を発行する",
    open,
    html`<p>署名検証者等が自分で作った証明書要求（PKCS#10、P-256）に発行します。要求の主体者名は使いません。ファイルと貼り付けのどちらかでかまいません。</p>`,
    form(
      context,
      { action: `/verifiers/${verifier.id}/certify`, button: "発行する", file: true },
      fileField(context, { name: "requestFile", label: "証明書要求のファイル", hint: "PEM又はDER", optional: true }),
      textArea(context, { name: "requestText", label: "証明書要求（PEM）の貼り付け", optional: true }, 5),
    ),
  );
}

function bind({ verifier, rights, credentials }: VerifierOnWire, context: PageContext): Html {
  const hindrance = rights.find(({ right }) => right === "crl")?.hindrance ?? null;
  const has = credentials.some(({ kind, live }) => kind === "ldapBind" && live);
  const button = has ? "新しいパスワードにする" : "名前とパスワードを設定する";
  const content =
    hindrance === null
      ? [
          html`<p>失効リストをLDAPで取得するための名前とパスワードです。パスワードはここで作られ、次の画面に一度だけ出ます。${has ? "今のパスワードは使えなくなります。" : ""}</p>`,
          form(context, { action: `/verifiers/${verifier.id}/bind`, button }),
        ]
      : [
          html`<p>いまは設定できません。失効リストを取得する権利が使えるときだけ設定します：${hindranceWords[hindrance]}。</p>`,
        ];
  return folded("LDAPの名前とパスワードを設定する", false, ...content);
}
