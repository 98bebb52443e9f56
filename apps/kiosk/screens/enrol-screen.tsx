"use client";
import type { Explanation } from "@mitome/ra";
import { useEffect, useState } from "react";
import { ExplanationBanner } from "./explanation.tsx";
import { kiosk } from "./kiosk-client.ts";

const unreachable: Explanation = {
  reason: "serverUnreachable",
  what: { ja: "サーバーに接続できません。", en: "The server cannot be reached." },
  clause: null,
  next: [
    {
      ja: "管理者に連絡してください。登録コードはまだ使えます。",
      en: "Call the administrator. The code is still good.",
    },
  ],
};

const noCode: Explanation = {
  reason: "codeMissing",
  what: { ja: "登録コードがありません。", en: "There is no enrolment code." },
  clause: null,
  next: [
    {
      ja: "管理者が発行した登録用のアドレスを、もう一度開いてください。",
      en: "Open the address the administrator made.",
    },
  ],
};

/** Redeems the one-time code after `#` (which no server log sees) and goes on to the screen it stands for. */
export function EnrolScreen() {
  const [problem, setProblem] = useState<Explanation | null>(null);
  useEffect(() => {
    const code = window.location.hash.slice(1);
    if (code === "") {
      setProblem(noCode);
      return;
    }
    // The code is taken out of the address and the history before anything else can read it.
    window.history.replaceState(null, "", window.location.pathname);
    kiosk.session.enrolScreen.mutate({ code }).then(
      (answer) => {
        if (answer.kind === "refused") setProblem(answer.explanation);
        else window.location.replace(answer.screen === "clerk" ? "/counter" : "/resident");
      },
      () => setProblem(unreachable),
    );
  }, []);
  return (
    <main className="flex flex-col gap-6 p-8">
      <h1 className="text-std-28B-150">端末の登録</h1>
      {problem === null ? (
        <p role="status" className="text-std-20N-150">
          登録しています。
        </p>
      ) : (
        <ExplanationBanner explanation={problem} language="ja" />
      )}
    </main>
  );
}
