/** One verifier: where it stands, what it gets and why not, and every act on it. */
import { accessMethods, agreementTerms, dutiesIn, hindrances, verifierKinds } from "@mitome/ca";
import type { VerifierOnWire } from "@mitome/ca-api";
import { column, facts, type Html, html, instantOf, table } from "@mitome/ui/pages";
import { credentialsSection } from "./credentials-section.ts";
import { demandsSection } from "./demands-section.ts";
import { choice, type Field, folded, form, textField } from "./forms.ts";
import { type DeskPage, type PageContext, section } from "./frame.ts";
import { addressFields, contactFields, isRegistrationRefused } from "./registration-fields.ts";
import { className, usedIn } from "./registry-page.ts";
import { factWords, hindranceWords, overallOf, remedyWords, rightWords } from "./words.ts";

/** The page of one verifier. */
export function verifierPage(one: VerifierOnWire, context: PageContext): DeskPage {
  const { verifier } = one;
  const body = html`<p class="class">${className(verifier)}　<code>${verifier.id}</code></p>
${overall(one)}
${agreementSection(one, context)}
${rightsSection(one, context)}
${verifier.kind === "groupVerifier" ? confirmersSection(one, context) : undefined}
${credentialsSection(one, context)}
${demandsSection(one, context)}
${useSection(one)}
${registrationSection(one, context)}
${historySection(one)}`;
  return { title: verifier.name, trail: [["/", "登録簿"]], body };
}

function overall(one: VerifierOnWire): Html {
  const { label, tone, hindrance } = overallOf(one);
  if (hindrance === undefined) {
    const usable = one.rights.filter((right) => right.hindrance === null).length;
    return html`<p class="summary good"><strong>${label}</strong>　${one.rights.length}つの権利のうち${usable}つが使えます。</p>`;
  }
  return html`<div class="summary ${tone}"><p><strong>${label}</strong>　${hindranceWords[hindrance]}（運用規程 ${hindrances[hindrance]}）。何も提供していません。</p><p>${remedyWords[hindrance]}</p></div>`;
}

/** A form that records one fact of this verifier. */
function fact(
  { verifier, facts: after }: VerifierOnWire,
  context: PageContext,
  recorded: { readonly kind: string; readonly about?: string; readonly button: string; readonly grave?: boolean },
  ...fields: readonly Html[]
): Html {
  const { kind, about, button, grave = false } = recorded;
  const hidden = { after: String(after), kind, ...(about === undefined ? {} : { about }) };
  const action = `/verifiers/${verifier.id}/record`;
  return form(
    context,
    { action, button, grave, hidden, ...(about === undefined ? {} : { about: spoken(about) }) },
    ...fields,
  );
}

function spoken(about: string): string {
  return Object.entries(rightWords).find(([right]) => right === about)?.[1].name ?? about;
}

function agreementSection(one: VerifierOnWire, context: PageContext): Html {
  const { standing, verifier } = one;
  const notified = standing.stage === "unnotified" ? "記録なし" : instantOf(new Date(standing.notifiedAt));
  const agreed =
    standing.stage === "agreed"
      ? html`${instantOf(new Date(standing.agreedAt))}　条項 ${standing.termsVersion}`
      : "記録なし";
  const under = verifierKinds[verifier.kind].notifiedUnder;
  return section(
    "agreement",
    "届出と取決め",
    facts([
      [`届出（${under}）`, notified],
      ["取決め（2-1-2(32)）", agreed],
    ]),
    standing.stage === "agreed" ? duties(standing.termsVersion, verifier.kind) : undefined,
    standing.stage === "unnotified" ? fact(one, context, { kind: "notified", button: "届出を記録する" }) : undefined,
    standing.stage === "notified" ? agree(one, context) : undefined,
    standing.stage === "agreed"
      ? folded(
          "取決めを改める・終える",
          false,
          agree(one, context),
          html`<p>取決めが終わると、権利と上限はなくなり、何も提供しなくなります。</p>`,
          fact(one, context, { kind: "agreementEnded", button: "取決めの終了を記録する", grave: true }),
        )
      : undefined,
  );
}

function duties(version: string, kind: VerifierOnWire["verifier"]["kind"]): Html | undefined {
  const items = dutiesIn(version, kind)?.map(
    ({ clause, ja }) => html`<li>${ja}<span class="clause">（${clause}）</span></li>`,
  );
  return items && folded(`条項 ${version} の義務（${items.length}）`, false, html`<ul>${items}</ul>`);
}

function agree(one: VerifierOnWire, context: PageContext): Html {
  const versions = agreementTerms.map(({ version }) => [version, version] as const).toReversed();
  const field = { name: "termsVersion", label: "取決めの条項の版" };
  return fact(
    one,
    context,
    { kind: "agreed", button: "取決めを記録する" },
    choice(context, field, [{ options: versions }]),
  );
}

function rightsSection(one: VerifierOnWire, context: PageContext): Html {
  const { rights, standing } = one;
  const agreed = standing.stage === "agreed" ? standing : undefined;
  const rows = rights.map(({ right, granted, hindrance }) => {
    const act = granted
      ? fact(one, context, { kind: "rightWithdrawn", about: right, button: "取り消す", grave: true })
      : fact(one, context, { kind: "rightGranted", about: right, button: "与える" });
    // Of a right that nobody granted, nothing else is worth saying.
    const why = agreed !== undefined && !granted ? "rightNotGranted" : hindrance;
    const state =
      why === null
        ? html`<span class="state good">使えます</span>`
        : html`<span class="state ${granted ? "bad" : "waiting"}">使えません</span> <span class="why">${hindranceWords[why]}（${hindrances[why]}）</span>`;
    return html`<li><p class="right"><strong>${rightWords[right].name}</strong> <span class="clause">${rightWords[right].clause}</span></p><p>${state}</p>${agreed === undefined ? undefined : act}</li>`;
  });
  const start = { kind: "started", button: agreed?.running === "stopped" ? "利用をまた始める" : "利用を始める" };
  return section(
    "rights",
    "権利と利用",
    html`<ul class="rights">${rows}</ul>`,
    agreed === undefined ? html`<p>権利は、届出と取決めを記録してから与えます。</p>` : undefined,
    agreed?.running === "started"
      ? html`<div class="together"><p>止めると、すべての権利がただちに使えなくなります。権利と取決めは残ります。</p>${fact(one, context, { kind: "stopped", button: "利用を止める", grave: true })}</div>`
      : undefined,
    agreed !== undefined && agreed.running !== "started" ? fact(one, context, start) : undefined,
    agreed === undefined ? undefined : quota(one, agreed.usesPerMonth, context),
  );
}

function quota(one: VerifierOnWire, usesPerMonth: number | null, context: PageContext): Html {
  const field: Field = {
    ...{ name: "usesPerMonth", label: "月の上限（件）", type: "number", optional: true, width: "narrow" },
    hint: "日本時間の1か月に提供する件数です。空欄にすると上限なしです。",
    value: usesPerMonth === null ? "" : String(usesPerMonth),
  };
  const now = usesPerMonth === null ? "上限なし" : `月に${usesPerMonth.toLocaleString("ja")}件まで`;
  const open = context.complaint?.field === field.name;
  return html`<p>上限：${now}</p>${folded("上限を変える", open, fact(one, context, { kind: "quotaSet", button: "上限を記録する" }, textField(context, field)))}`;
}

const mostConfirmersShown = 200;

function confirmersSection(one: VerifierOnWire, context: PageContext): Html {
  const { confirmers, standing } = one;
  const shown = confirmers
    .slice(0, mostConfirmersShown)
    .map(
      (name) =>
        html`<li><span>${name}</span>${fact(one, context, { kind: "confirmerStruck", about: name, button: "除く", grave: true })}</li>`,
    );
  const field = { name: "about", label: "署名確認者の名称", hint: "OCSPの要求のrequestorNameにあるCNと同じ文字です。" };
  return section(
    "confirmers",
    `署名確認者（${confirmers.length}）`,
    html`<p>団体署名検証者が、その者のために尋ねてよい相手です（運用規程 1-3-1(10)）。一覧にない名前での問合せには答えません。</p>`,
    confirmers.length === 0 ? html`<p>まだありません。</p>` : html`<ul class="confirmers">${shown}</ul>`,
    confirmers.length > mostConfirmersShown
      ? html`<p>はじめの${mostConfirmersShown}だけを表示しています。</p>`
      : undefined,
    standing.stage === "agreed"
      ? fact(one, context, { kind: "confirmerListed", button: "一覧に加える" }, textField(context, field))
      : html`<p>取決めを記録すると、一覧に加えられます。</p>`,
  );
}

function useSection({ uses, standing }: VerifierOnWire): Html {
  const quota = standing.stage === "agreed" ? standing.usesPerMonth : null;
  const rows = (uses ?? []).map(
    ({ method, count }) =>
      html`<tr><th scope="row">${accessMethods[method].ja}</th><td class="number">${count.toLocaleString("ja")}</td></tr>`,
  );
  return section(
    "uses",
    "今月の提供",
    html`<p>${usedIn(uses)}${quota === null ? undefined : html` / 上限 ${quota.toLocaleString("ja")}件`}</p>`,
    rows.length === 0 ? undefined : table("方法ごとの件数", [column("提供の方法"), column("件数", "number")], rows),
  );
}

function registrationSection({ verifier, revision }: VerifierOnWire, context: PageContext): Html {
  const contacts = verifier.contacts.map(
    ({ department, person, telephone, email }) => html`<li>${department}　${person}<br>${telephone}　${email}</li>`,
  );
  return section(
    "registration",
    "届け出られた内容",
    facts([
      ["名称", verifier.name],
      ["所在地", verifier.address],
      ["連絡先", html`<ul class="plain-list">${contacts}</ul>`],
    ]),
    folded(
      "変更の届出を記録する",
      isRegistrationRefused(context),
      html`<p>届け出られたとおりに改めます。前の内容も記録に残ります。連絡先を除くには、その欄をすべて空にします。</p>`,
      form(
        context,
        {
          ...{ action: `/verifiers/${verifier.id}/change`, button: "変更を記録する" },
          hidden: { revision: String(revision) },
        },
        addressFields(context, verifier),
        contactFields(context, verifier.contacts, 1),
      ),
    ),
  );
}

function historySection({ history }: VerifierOnWire): Html {
  const items = history
    .toReversed()
    .map((one) => html`<li>${instantOf(new Date(one.effectiveAt))}　${factWords(one)}</li>`);
  return section(
    "history",
    "記録",
    items.length === 0 ? html`<p>まだありません。</p>` : html`<ul class="plain-list">${items}</ul>`,
    html`<p class="note">だれが記録したかは監査証跡にあります。</p>`,
  );
}
