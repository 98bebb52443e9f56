"use client";
import type { DocumentKind } from "@mitome/ra";
import { Button, type Shortcut } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { kiosk } from "../kiosk-client.ts";

export interface PrintButtonProps {
  readonly caseId: string;
  readonly kind: DocumentKind;
  readonly shortcut?: Shortcut;
}

/** Opens a paper of the case as PDF in its own window, from which it is printed; a paper jam never un-issues anything. */
export function PrintButton({ caseId, kind, shortcut }: PrintButtonProps) {
  const t = useTranslations("papers");
  const [isPending, setPending] = useState(false);
  const [hasFailed, setFailed] = useState(false);

  const print = () => {
    setPending(true);
    setFailed(false);
    kiosk.documents.get
      .query({ caseId, kind })
      .then(({ pdf }) => {
        const bytes = Uint8Array.from(atob(pdf), (character) => character.charCodeAt(0));
        const address = URL.createObjectURL(new Blob([bytes], { type: "application/pdf" }));
        window.open(address, `paper-${kind}`);
        // The window has read it by then; nothing of the paper stays behind in this page.
        setTimeout(() => URL.revokeObjectURL(address), 60_000);
      })
      .catch(() => setFailed(true))
      .finally(() => setPending(false));
  };

  return (
    <span className="inline-flex flex-col gap-1">
      <Button kind="outline" isPending={isPending} onPress={print} {...(shortcut === undefined ? {} : { shortcut })}>
        {t(kind)}
      </Button>
      {hasFailed && (
        <span role="alert" className="text-dns-16N-130 text-error-1">
          ＊{t("printFailed")}
        </span>
      )}
    </span>
  );
}
