"use client";
import "../no-eval.ts";
import { NextIntlClientProvider } from "next-intl";
import messages from "../../messages/counter.ja.json" with { type: "json" };
import { useSession } from "../session.ts";
import { Desk } from "./desk.tsx";
import { EnrolSecondFactor } from "./session/enrol-second-factor.tsx";
import { LogIn } from "./session/log-in.tsx";
import { NewPassword } from "./session/new-password.tsx";
import { NotEnrolled } from "./session/not-enrolled.tsx";
import { Unlock } from "./session/unlock.tsx";

/** The clerk's terminal (受付窓口端末): who is here decides what is shown. */
export function Counter() {
  return (
    <NextIntlClientProvider locale="ja" messages={messages} timeZone="Asia/Tokyo">
      <Session />
    </NextIntlClientProvider>
  );
}

function Session() {
  const { me, refresh } = useSession();
  if (me === null) return <main className="p-8" />;
  if (me.screen?.kind === "resident") return <NotEnrolled isResidentScreen />;
  switch (me.state) {
    case "notEnrolled":
      return <NotEnrolled />;
    case "signedOut":
      return <LogIn place={me.screen} onDone={refresh} />;
    case "mustChangePassword":
      return <NewPassword onDone={refresh} />;
    case "mustEnrolSecondFactor":
      return <EnrolSecondFactor onDone={refresh} />;
    case "locked":
      return <Unlock clerkName={me.clerk?.name ?? ""} onDone={refresh} />;
    case "open":
      return <Desk onSessionChange={refresh} />;
  }
}
