"use client";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { kiosk } from "../../kiosk-client.ts";
import { CodeStep } from "./code-step.tsx";
import { useProof } from "./proof.ts";
import { SessionFrame, unreachable } from "./session-frame.tsx";

/** The desk after five idle minutes or F10: nothing of the case is shown until its clerk is back. */
export function Unlock({ clerkName, onDone }: { readonly clerkName: string; readonly onDone: () => void }) {
  const t = useTranslations("session");
  const proof = useProof((given) => kiosk.session.unlock.mutate(given), onDone);
  const { password, setPassword, wasTried, isPending, refusal, setRefusal } = proof;
  if (proof.asksForCode) return <CodeStep submit={t("unlock")} proof={proof} />;

  const unlock = () => proof.send(null);

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
