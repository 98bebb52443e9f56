"use client";
import type { Explanation } from "@mitome/ra";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { kiosk } from "../../kiosk-client.ts";
import { SessionFrame, unreachable } from "./session-frame.tsx";

/** The desk after five idle minutes or F10: nothing of the case is shown until its clerk is back. */
export function Unlock({ clerkName, onDone }: { readonly clerkName: string; readonly onDone: () => void }) {
  const t = useTranslations("session");
  const [password, setPassword] = useState("");
  const [isPending, setPending] = useState(false);
  const [wasTried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Explanation | null>(null);

  const unlock = () => {
    setTried(true);
    if (password === "") return;
    setPending(true);
    kiosk.session.unlock
      .mutate({ password })
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
    <SessionFrame heading={t("lockedHeading")} clause={t("clause")} refusal={refusal} onSubmit={unlock}>
      <p className="text-std-16N-170">{t("lockedBody", { name: clerkName })}</p>
      <TextField
        label={t("password")}
        value={password}
        onChange={setPassword}
        isRequired
        focusFirst
        type="password"
        autoComplete="current-password"
        error={wasTried && password === "" ? t("passwordMissing") : undefined}
      />
      <div className="flex gap-4">
        <Button type="submit" onPress={unlock} isPending={isPending}>
          {t("unlock")}
        </Button>
        <Button
          kind="outline"
          onPress={() => void kiosk.session.logout.mutate().then(onDone, () => setRefusal(unreachable))}
        >
          {t("logOut")}
        </Button>
      </div>
    </SessionFrame>
  );
}
