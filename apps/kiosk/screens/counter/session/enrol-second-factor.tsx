"use client";
import type { Explanation } from "@mitome/ra";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { SecondFactorOffer } from "../../../server/session-answers.ts";
import { kiosk } from "../../kiosk-client.ts";
import { readCode } from "./code-step.tsx";
import { SessionFrame, unreachable } from "./session-frame.tsx";

type Offered = Extract<SecondFactorOffer, { kind: "offered" }>;

/** Where the municipality asks for codes: the first log-in gives the clerk's authenticator app its key, shown this once. */
export function EnrolSecondFactor({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("session");
  const [offered, setOffered] = useState<Offered | null>(null);
  const [typed, setTyped] = useState("");
  const [wasTried, setTried] = useState(false);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Explanation | null>(null);
  const code = readCode(typed);

  const show = () => {
    setPending(true);
    kiosk.session.offerSecondFactor
      .mutate()
      .then((answer) => {
        if (answer.kind === "refused") return onDone();
        setRefusal(null);
        setOffered(answer);
      })
      .catch(() => setRefusal(unreachable))
      .finally(() => setPending(false));
  };
  const confirm = () => {
    setTried(code === null);
    if (code === null) return;
    setPending(true);
    kiosk.session.confirmSecondFactor
      .mutate({ code })
      .then((answer) => {
        setTyped("");
        if (answer.kind === "refused") setRefusal(answer.explanation);
        else onDone();
      })
      .catch(() => setRefusal(unreachable))
      .finally(() => setPending(false));
  };

  if (offered === null)
    return (
      <SessionFrame heading={t("enrolHeading")} clause={t("clause")} refusal={refusal} onSubmit={show}>
        <p className="text-std-16N-170">{t("enrolBody")}</p>
        <Button type="submit" onPress={show} isPending={isPending}>
          {t("enrolShow")}
        </Button>
      </SessionFrame>
    );
  return (
    <SessionFrame heading={t("enrolHeading")} clause={t("clause")} refusal={refusal} onSubmit={confirm}>
      <p className="text-std-16N-170">{t("enrolNext")}</p>
      <dl className="flex flex-col gap-4">
        <SecretText name={t("enrolSecret")} text={offered.secret.replaceAll(/(.{4})(?=.)/g, "$1 ")} />
        <SecretText name={t("enrolUri")} text={offered.uri} />
      </dl>
      <TextField
        label={t("code")}
        support={t("codeSupport")}
        value={typed}
        onChange={setTyped}
        isRequired
        focusFirst
        autoComplete="one-time-code"
        widthInCharacters={8}
        error={wasTried && code === null ? t("codeMissing") : undefined}
      />
      <Button type="submit" onPress={confirm} isPending={isPending}>
        {t("enrolConfirm")}
      </Button>
    </SessionFrame>
  );
}

function SecretText({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <div className="flex flex-col gap-1">
      <dt className="text-dns-16B-130">{name}</dt>
      <dd className="select-all break-all font-mono text-std-16N-170">{text}</dd>
    </div>
  );
}
