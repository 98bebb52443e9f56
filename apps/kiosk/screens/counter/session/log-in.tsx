"use client";
import type { Explanation } from "@mitome/ra";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { Me } from "../../../server/session-answers.ts";
import { kiosk } from "../../kiosk-client.ts";
import { SessionFrame, unreachable } from "./session-frame.tsx";

/** 千葉県運用規程 5-1-2-2: the operator of a counter terminal is authenticated by ID and password. */
export function LogIn({ place, onDone }: { readonly place: Me["screen"]; readonly onDone: () => void }) {
  const t = useTranslations("session");
  const [account, setAccount] = useState("");
  const [password, setPassword] = useState("");
  const [wasTried, setTried] = useState(false);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Explanation | null>(null);

  const logIn = () => {
    setTried(true);
    if (account === "" || password === "") return;
    setPending(true);
    kiosk.session.login
      .mutate({ account, password })
      .then((answer) => {
        setPassword("");
        setTried(false);
        if (answer.kind === "refused") setRefusal(answer.explanation);
        else onDone();
      })
      .catch(() => setRefusal(unreachable))
      .finally(() => setPending(false));
  };

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
