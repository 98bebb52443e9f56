"use client";
import { NextIntlClientProvider } from "next-intl";
import { useCallback, useEffect, useState } from "react";
import messages from "../../messages/counter.ja.json" with { type: "json" };
import type { Me } from "../../server/session-answers.ts";
import { kiosk } from "../kiosk-client.ts";
import { Desk } from "./desk.tsx";
import { LogIn } from "./session/log-in.tsx";
import { NewPassword } from "./session/new-password.tsx";
import { NotEnrolled } from "./session/not-enrolled.tsx";
import { Unlock } from "./session/unlock.tsx";

const askAgainAfter = 2_000;

/** The clerk's terminal (受付窓口端末): who is here decides what is shown. */
export function Counter() {
  return (
    <NextIntlClientProvider locale="ja" messages={messages} timeZone="Asia/Tokyo">
      <Session />
    </NextIntlClientProvider>
  );
}

function Session() {
  const [me, setMe] = useState<Me | null>(null);
  const [attempt, setAttempt] = useState(0);
  const refresh = useCallback(() => setAttempt((count) => count + 1), []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `attempt` asks anew.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    kiosk.session.me.query().then(setMe, () => {
      timer = setTimeout(refresh, askAgainAfter);
    });
    return () => clearTimeout(timer);
  }, [attempt, refresh]);

  if (me === null) return <main className="p-8" />;
  if (me.screen?.kind === "resident") return <NotEnrolled isResidentScreen />;
  switch (me.state) {
    case "notEnrolled":
      return <NotEnrolled />;
    case "signedOut":
      return <LogIn place={me.screen} onDone={refresh} />;
    case "mustChangePassword":
      return <NewPassword onDone={refresh} />;
    case "locked":
      return <Unlock clerkName={me.clerk?.name ?? ""} onDone={refresh} />;
    case "open":
      return <Desk onSessionChange={refresh} />;
  }
}
