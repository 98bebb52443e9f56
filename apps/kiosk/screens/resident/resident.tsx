"use client";
import "../no-eval.ts";
import type { ResidentAction, ResidentView } from "@mitome/ra";
import { NextIntlClientProvider } from "next-intl";
import { useEffect } from "react";
import english from "../../messages/resident.en.json" with { type: "json" };
import japanese from "../../messages/resident.ja.json" with { type: "json" };
import { useActs } from "../acts.ts";
import { kiosk } from "../kiosk-client.ts";
import { useLiveView } from "../live-view.ts";
import { useSession } from "../session.ts";
import { FirstIssuance } from "./first-issuance/first-issuance.tsx";
import { NotThisScreen } from "./not-this-screen.tsx";
import { Welcome } from "./welcome.tsx";

const messages = { ja: japanese, en: english } as const;
const rootSizes = { normal: "1", large: "1.5", largest: "2" } as const;

type Observer = Parameters<Parameters<typeof useLiveView<ResidentView>>[0]>[0];
const subscribe = (observer: Observer) => kiosk.resident.view.subscribe(undefined, observer);

const send = (action: ResidentAction) => kiosk.resident.act.mutate(action);

/** The resident's screen of the key-pair device (鍵ペア生成装置); language and size live in the case, so they end with it. */
export function Resident() {
  const { me, refresh } = useSession();
  if (me === null) return <main />;
  if (me.screen?.kind !== "resident")
    return (
      <NextIntlClientProvider locale="ja" messages={japanese} timeZone="Asia/Tokyo">
        <NotThisScreen reason={me.screen === null ? "notEnrolled" : "wrongScreen"} />
      </NextIntlClientProvider>
    );
  return <Device onRefused={refresh} />;
}

function Device({ onRefused }: { readonly onRefused: () => void }) {
  const { view, isConnected } = useLiveView<ResidentView>(subscribe, onRefused);
  const { act, isPending, complaint } = useActs(view, send);
  const language = view === null || view.screen === "welcome" ? "ja" : view.language;
  const textSize = view === null || view.screen === "welcome" ? "normal" : view.textSize;
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.size = rootSizes[textSize];
    document.title = messages[language].title;
  }, [language, textSize]);

  if (view === null) return <main />;
  return (
    <NextIntlClientProvider locale={language} messages={messages[language]} timeZone="Asia/Tokyo">
      {view.screen === "welcome" ? (
        <Welcome view={view} isConnected={isConnected} />
      ) : (
        <FirstIssuance view={view} act={act} isPending={isPending} complaint={complaint} isConnected={isConnected} />
      )}
    </NextIntlClientProvider>
  );
}
