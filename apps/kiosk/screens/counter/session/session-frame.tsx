"use client";
import type { Explanation } from "@mitome/ra";
import { type ReactNode, useEffect } from "react";
import { ExplanationBanner } from "../../explanation.tsx";

/** Why the server was not asked or did not answer, in the words of an explanation. */
export const unreachable: Explanation = {
  reason: "serverUnreachable",
  what: { ja: "サーバーに届きませんでした。", en: "The server could not be reached." },
  clause: null,
  next: [
    {
      ja: "もう一度押してください。続くときは管理者に連絡してください。",
      en: "Press again, or call the administrator.",
    },
  ],
};

export interface SessionFrameProps {
  readonly heading: string;
  readonly clause?: string;
  readonly refusal: Explanation | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}

/** A narrow form in the middle of an empty page: log-in, unlock, new password. */
export function SessionFrame({ heading, clause, refusal, onSubmit, children }: SessionFrameProps) {
  useEffect(() => {
    document.title = heading;
  }, [heading]);
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-6 px-6 py-16">
      <header className="flex items-baseline justify-between gap-4">
        <h1 className="text-std-28B-150">{heading}</h1>
        {clause !== undefined && <p className="shrink-0 text-dns-14N-130 text-solid-gray-700">{clause}</p>}
      </header>
      {refusal !== null && <ExplanationBanner explanation={refusal} language="ja" />}
      <form
        noValidate
        className="flex flex-col gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        {children}
      </form>
    </main>
  );
}
