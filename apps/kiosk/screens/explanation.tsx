import type { Explanation } from "@mitome/ra";
import { Banner } from "@mitome/ui";

export interface ExplanationBannerProps {
  readonly explanation: Explanation;
  readonly language: "ja" | "en";
  readonly kind?: "error" | "warning" | "information";
  readonly live?: "alert" | "status" | "none";
  readonly isLarge?: boolean;
}

/** A refusal or a trouble in full: what happened, the clause that decides it, what to do next. Never a bare code. */
export function ExplanationBanner({
  explanation,
  language,
  kind = "error",
  live = "alert",
  isLarge = false,
}: ExplanationBannerProps) {
  return (
    <Banner kind={kind} heading={explanation.what[language]} live={live} isLarge={isLarge}>
      {explanation.next.length > 0 && (
        <ul className={isLarge ? "list-disc pl-8 text-std-24N-150" : "list-disc pl-5 text-dns-16N-130"}>
          {explanation.next.map((step) => (
            <li key={step.ja}>{step[language]}</li>
          ))}
        </ul>
      )}
      {explanation.clause !== null && (
        <p
          lang="ja"
          className={isLarge ? "text-std-20N-150 text-solid-gray-700" : "text-dns-14N-130 text-solid-gray-700"}
        >
          {explanation.clause}
        </p>
      )}
    </Banner>
  );
}
