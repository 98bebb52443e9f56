/** 業務の報告: what a verifier was asked for, and whether it answered (千葉県運用規程 2-1-2(33), 2-1-6(5), 2-1-7(4)). */
import { randomUUID } from "node:crypto";
import { demandingOffices, japaneseDay } from "@mitome/ca";
import type { VerifierOnWire } from "@mitome/ca-api";
import { dayOf, type Html, html, instantOf } from "@mitome/ui/pages";
import { choice, folded, form, textField } from "./forms.ts";
import { type PageContext, section } from "./frame.ts";
import { demandWords } from "./words.ts";

const tones = { open: "waiting", overdue: "bad", answered: "good", answeredLate: "waiting" } as const;

/** 業務の報告. */
export function demandsSection({ verifier, demands }: VerifierOnWire, context: PageContext): Html {
  const items = demands.toReversed().map((one) => demandItem(verifier.id, one, context));
  const offices = Object.entries(demandingOffices);
  const open = context.complaint?.field === "dueOn" || context.entered("subject") !== "";
  // The demand's number is the form's: the same form sent twice is one demand.
  const hidden = { id: randomUUID() };
  return section(
    "demands",
    "業務の報告",
    items.length === 0 ? html`<p>報告を求めたことはありません。</p>` : html`<ul class="demands">${items}</ul>`,
    folded(
      "報告を求める",
      open,
      form(
        context,
        { action: `/verifiers/${verifier.id}/demand`, button: "求めたことを記録する", hidden },
        choice(context, { name: "demandedBy", label: "求める者（2-1-2(33)）" }, [{ options: offices }]),
        textField(context, {
          name: "subject",
          label: "報告を求める事項",
          hint: "500字まで。利用者の氏名などは書きません。",
        }),
        textField(context, {
          name: "dueOn",
          label: "期限",
          type: "date",
          hint: "その日の終わり（日本時間）まで",
          width: "narrow",
        }),
      ),
    ),
  );
}

function demandItem(verifier: string, one: VerifierOnWire["demands"][number], context: PageContext): Html {
  const answered = one.answeredAt === null ? undefined : html`　報告 ${instantOf(new Date(one.answeredAt))}`;
  const frame = {
    action: `/verifiers/${verifier}/report`,
    button: "報告を受けたことを記録する",
    hidden: { demand: one.id },
  };
  return html`<li><p><span class="state ${tones[one.state]}">${demandWords[one.state]}</span></p>
<p><strong>${one.subject}</strong></p>
<p>${demandingOffices[one.demandedBy]}　求めた日 ${dayOf(japaneseDay(new Date(one.demandedAt)))}　期限 ${dayOf(japaneseDay(new Date(one.dueAt)))}${answered}</p>
${one.answeredAt === null ? form(context, { ...frame, about: one.subject }) : undefined}</li>`;
}
