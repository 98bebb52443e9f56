"use client";
import { Button } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

const ways = {
  newKey: { shortcut: "1", action: { type: "newKey" } },
  compareAgain: { shortcut: "2", action: { type: "compareAgain" } },
  end: { shortcut: "F8", action: { type: "end" } },
} as const;

/** The authority said no: what happened, the clause, and only the ways that are open. */
export function Refused({ view, ...props }: CaseScreen<"refused">) {
  const t = useTranslations("refused");
  return (
    <Step
      {...props}
      view={view}
      heading={t("heading")}
      clause={view.explanation.clause}
      leaving={[]}
      primary={view.ways.map((way) => (
        <Button
          key={way}
          kind={way === "end" ? "outline" : "solid"}
          shortcut={ways[way].shortcut}
          isPending={props.isPending}
          onPress={() => props.act(ways[way].action)}
        >
          {t(way)}
        </Button>
      ))}
    >
      <ExplanationBanner explanation={view.explanation} language="ja" />
    </Step>
  );
}
