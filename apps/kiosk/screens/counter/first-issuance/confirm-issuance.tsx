"use client";
import { Button, DescriptionList } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { formatHex } from "../../calendar.ts";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

/** Check answers: everything that goes into the certificate, once more, before the one key that cannot be taken back. */
export function ConfirmIssuance({ view, ...props }: CaseScreen<"confirmIssuance">) {
  const t = useTranslations();
  const { person } = view;
  return (
    <Step
      {...props}
      view={view}
      heading={t("confirmIssuance.heading")}
      clause={t("confirmIssuance.clause")}
      leaving={["suspend", "withdraw", "doubt"]}
      primary={
        <Button shortcut="F8" isPending={props.isPending} onPress={() => props.act({ type: "issue" })}>
          {t("confirmIssuance.issue")}
        </Button>
      }
    >
      <p className="text-dns-16N-130">{t("confirmIssuance.body")}</p>
      <DescriptionList
        items={[
          { term: t("person.name"), description: person.name },
          { term: t("person.furigana"), description: person.furigana },
          ...(person.alias === null ? [] : [{ term: t("person.alias"), description: person.alias }]),
          { term: t("person.dateOfBirth"), description: person.dateOfBirth },
          { term: t("person.gender"), description: person.gender.ja },
          { term: t("person.address"), description: person.address },
          { term: t("confirmIssuance.identityDocument"), description: view.identityDocument.ja },
          { term: t("confirmIssuance.algorithm"), description: view.algorithm },
          {
            term: t("confirmIssuance.fingerprint"),
            description: (
              <>
                <code className="break-all">{formatHex(view.keyFingerprint)}</code>
                <p className="text-dns-16B-130 text-success-2">✓ {t("confirmIssuance.fingerprintSame")}</p>
              </>
            ),
          },
        ]}
      />
    </Step>
  );
}
