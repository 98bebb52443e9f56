"use client";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Me } from "../../../server/session-answers.ts";
import { kiosk } from "../../kiosk-client.ts";
import { CodeStep } from "./code-step.tsx";
import { useProof } from "./proof.ts";
import { SessionFrame } from "./session-frame.tsx";

/** 千葉県運用規程 5-1-2-2: the operator of a counter terminal is authenticated by ID and password. */
export function LogIn({ place, onDone }: { readonly place: Me["screen"]; readonly onDone: () => void }) {
  const t = useTranslations("session");
  const [account, setAccount] = useState("");
  const proof = useProof((given) => kiosk.session.login.mutate({ account, ...given }), onDone);
  const { password, setPassword, wasTried, isPending, refusal } = proof;
  if (proof.asksForCode) return <CodeStep submit={t("logIn")} proof={proof} />;

  const logIn = () => proof.send(null, account !== "");

  return (
    <SessionFrame heading={t("logInHeading")} clause={t("clause")} refusal={refusal} onSubmit={logIn}>
      {place !== null && (
        <p className="text-dns-16N-130">
          {place.municipality}　{place.counter}
        </p>
      )}
      <TextField
        label={t("account")}
        value={account}
        onChange={setAccount}
        isRequired
        focusFirst
        autoComplete="username"
        error={wasTried && account === "" ? t("accountMissing") : undefined}
      />
      <TextField
        label={t("password")}
        value={password}
        onChange={setPassword}
        isRequired
        type="password"
        autoComplete="current-password"
        error={wasTried && password === "" ? t("passwordMissing") : undefined}
      />
      <Button type="submit" onPress={logIn} isPending={isPending}>
        {t("logIn")}
      </Button>
    </SessionFrame>
  );
}
