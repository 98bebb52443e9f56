"use client";
import type { Explanation } from "@mitome/ra";
import { Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { kiosk } from "../../kiosk-client.ts";
import { SessionFrame, unreachable } from "./session-frame.tsx";

const shortest = 12;

/** A password that was handed out is good for one log-in: its clerk chooses another before anything else. */
export function NewPassword({ onDone }: { readonly onDone: () => void }) {
  const t = useTranslations("session");
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const [wasTried, setTried] = useState(false);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Explanation | null>(null);
  const isTooShort = [...next].length < shortest;
  const isDifferent = next !== again;

  const change = () => {
    setTried(true);
    if (current === "" || isTooShort || isDifferent) return;
    setPending(true);
    kiosk.session.changePassword
      .mutate({ current, next })
      .then((answer) => {
        if (answer.kind === "refused") setRefusal(answer.explanation);
        else onDone();
      })
      .catch(() => setRefusal(unreachable))
      .finally(() => setPending(false));
  };

  return (
    <SessionFrame heading={t("newPasswordHeading")} clause={t("clause")} refusal={refusal} onSubmit={change}>
      <p className="text-std-16N-170">{t("newPasswordBody")}</p>
      <TextField
        label={t("current")}
        value={current}
        onChange={setCurrent}
        isRequired
        focusFirst
        type="password"
        autoComplete="current-password"
        error={wasTried && current === "" ? t("passwordMissing") : undefined}
      />
      <TextField
        label={t("next")}
        support={t("nextSupport")}
        value={next}
        onChange={setNext}
        isRequired
        type="password"
        autoComplete="new-password"
        error={wasTried && isTooShort ? t("tooShort") : undefined}
      />
      <TextField
        label={t("again")}
        value={again}
        onChange={setAgain}
        isRequired
        type="password"
        autoComplete="new-password"
        error={wasTried && isDifferent ? t("different") : undefined}
      />
      <Button type="submit" onPress={change} isPending={isPending}>
        {t("change")}
      </Button>
    </SessionFrame>
  );
}
