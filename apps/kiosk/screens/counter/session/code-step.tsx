"use client";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import type { ClerkProof } from "./proof.ts";
import { SessionFrame } from "./session-frame.tsx";

/** Six digits however they were typed (full width, with a space in the middle), or null. */
export function readCode(typed: string): string | null {
  const code = typed.normalize("NFKC").replaceAll(/\s/g, "");
  return /^[0-9]{6}$/.test(code) ? code : null;
}

/** After the right password, where the municipality asks for it: the code that the clerk's authenticator app shows now. */
export function CodeStep({ submit, proof }: { readonly submit: string; readonly proof: ClerkProof }) {
  const t = useTranslations("session");
  const [typed, setTyped] = useState("");
  const [wasTried, setTried] = useState(false);
  const code = readCode(typed);

  const send = () => {
    setTried(code === null);
    if (code === null) return;
    setTyped("");
    proof.send(code);
  };

  return (
    <SessionFrame heading={t("codeHeading")} clause={t("clause")} refusal={proof.refusal} onSubmit={send}>
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
      <div className="flex gap-4">
        <Button type="submit" onPress={send} isPending={proof.isPending}>
          {submit}
        </Button>
        <Button kind="outline" onPress={proof.startAgain}>
          {t("codeBack")}
        </Button>
      </div>
    </SessionFrame>
  );
}
