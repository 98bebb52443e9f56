"use client";
import { Button, Checkbox, ChoiceGroup, type Shortcut, TextField, useShortcuts } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { ExplanationBanner } from "../../explanation.tsx";
import type { CaseScreen } from "./case-screen.ts";
import { Step } from "./step.tsx";

const digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const satisfies Shortcut[];

/** 千葉県運用規程 3-1-9: which document was shown, that it is in date, and that its photograph is the applicant. */
export function Identity({ view, ...props }: CaseScreen<"identity">) {
  const t = useTranslations("identity");
  const [kind, setKind] = useState<string | null>(null);
  const [expiresOn, setExpiresOn] = useState("");
  const [photoMatches, setPhotoMatches] = useState(false);
  const [copyTaken, setCopyTaken] = useState(false);
  const [wasTried, setTried] = useState(false);
  const chosen = view.documents.find((document) => document.kind === kind);
  const needsDate = chosen?.expiry === "date";
  const needsPhoto = chosen?.photo === "required";

  useShortcuts({
    ...Object.fromEntries(digits.map((digit, index) => [digit, () => setKind(view.documents[index]?.kind ?? kind)])),
    F2: () => setPhotoMatches((was) => !was),
    F5: () => setCopyTaken((was) => !was),
  });

  const record = () => {
    setTried(true);
    if (chosen === undefined || (needsDate && expiresOn === "") || (needsPhoto && !photoMatches)) return;
    props.act({
      type: "recordIdentity",
      document: chosen.kind,
      expiresOn: needsDate ? expiresOn : null,
      photoMatches,
      copyTaken,
    });
  };

  return (
    <Step
      {...props}
      view={view}
      person={view.person}
      heading={t("heading")}
      clause={t("clause")}
      leaving={["back", "suspend", "withdraw", "doubt"]}
      primary={
        <Button shortcut="F8" isPending={props.isPending} onPress={record}>
          {t("record")}
        </Button>
      }
    >
      {view.problem !== null && <ExplanationBanner explanation={view.problem} language="ja" />}
      <form
        noValidate
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          record();
        }}
      >
        <ChoiceGroup
          label={t("kind")}
          value={kind}
          onChange={setKind}
          focusFirst
          columns={3}
          choices={view.documents.map((document, index) => ({
            value: document.kind,
            label: document.name.ja,
            ...(digits[index] === undefined ? {} : { keyCap: digits[index] }),
          }))}
        />
        {wasTried && chosen === undefined && <p className="text-dns-16N-130 text-error-1">＊{t("kindMissing")}</p>}
        {needsDate && (
          <TextField
            key={kind}
            label={t("expiresOn")}
            support={t("expiresSupport")}
            value={expiresOn}
            onChange={setExpiresOn}
            isRequired
            focusFirst
            widthInCharacters={8}
            error={wasTried && expiresOn === "" ? t("expiresMissing") : undefined}
          />
        )}
        {chosen !== undefined && (
          <div className="flex flex-col gap-1">
            {needsPhoto && (
              <>
                <Checkbox isSelected={photoMatches} onChange={setPhotoMatches} keyCap="F2">
                  {t("photo")}
                </Checkbox>
                {wasTried && !photoMatches && <p className="text-dns-16N-130 text-error-1">＊{t("photoMissing")}</p>}
              </>
            )}
            <Checkbox isSelected={copyTaken} onChange={setCopyTaken} keyCap="F5">
              {t("copy")}
            </Checkbox>
            <p className="text-dns-14N-130 text-solid-gray-700">{chosen.clause}</p>
          </div>
        )}
      </form>
    </Step>
  );
}
