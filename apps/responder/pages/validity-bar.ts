import { type Html, html } from "@mitome/ui/pages";

/** A bar of a period on a scale shared by several, with a line for today. Says nothing that is not beside it in words. */
export function validityBar(
  period: { readonly notBefore: Date; readonly notAfter: Date },
  scale: { readonly from: number; readonly until: number; readonly now: Date },
): Html {
  const span = Math.max(1, scale.until - scale.from);
  const at = (instant: Date) => Math.round(((instant.getTime() - scale.from) / span) * 1_000);
  const [begin, end, today] = [at(period.notBefore), at(period.notAfter), at(scale.now)];
  const state = scale.now > period.notAfter ? "over" : "running";
  return html`<svg class="validity ${state}" viewBox="0 0 1000 20" preserveAspectRatio="none" aria-hidden="true">
<rect class="scale" x="0" y="9" width="1000" height="2"/><rect class="period" x="${begin}" y="3" width="${Math.max(4, end - begin)}" height="14"/>
${today >= 0 && today <= 1_000 ? html`<rect class="today" x="${Math.min(996, today)}" y="0" width="4" height="20"/>` : undefined}</svg>`;
}
