"use client";
import { useCallback, useEffect, useState } from "react";
import type { Me } from "../server/session-answers.ts";
import { kiosk } from "./kiosk-client.ts";

const askAgainAfter = 2_000;

/** Who this browser is, null until the server has answered; `refresh` asks anew. Keeps asking while the server is away. */
export function useSession(): { readonly me: Me | null; readonly refresh: () => void } {
  const [me, setMe] = useState<Me | null>(null);
  const [attempt, setAttempt] = useState(0);
  const refresh = useCallback(() => setAttempt((count) => count + 1), []);
  // Each attempt asks once.
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    kiosk.session.me.query().then(setMe, () => {
      timer = setTimeout(refresh, askAgainAfter);
    });
    return () => clearTimeout(timer);
  }, [attempt, refresh]);
  return { me, refresh };
}
