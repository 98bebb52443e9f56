"use client";
import type { Explanation } from "@mitome/ra";
import { useState } from "react";
import type { LoginAnswer } from "../../../server/session-answers.ts";
import { unreachable } from "./session-frame.tsx";

/** A clerk's password and, where the server asks for it after the right password, the code that is sent with it. */
export function useProof(
  ask: (proof: { readonly password: string; readonly code: string | null }) => Promise<LoginAnswer>,
  onDone: () => void,
) {
  const [password, setPassword] = useState("");
  const [wasTried, setTried] = useState(false);
  const [asksForCode, setAsksForCode] = useState(false);
  const [isPending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<Explanation | null>(null);

  const forget = () => {
    setPassword("");
    setTried(false);
    setAsksForCode(false);
  };
  const take = (answer: LoginAnswer) => {
    setRefusal(answer.kind === "refused" ? answer.explanation : null);
    if (answer.kind === "codeNeeded") return setAsksForCode(true);
    // A wrong code is tried again, with the same password.
    if (answer.kind === "refused" && answer.explanation.reason === "secondFactorWrong") return;
    forget();
    if (answer.kind !== "refused") onDone();
  };
  /** Sends nothing while the password, or what `isFilled` stands for, is missing. */
  const send = (code: string | null, isFilled = true) => {
    setTried(true);
    if (password === "" || !isFilled) return;
    setPending(true);
    ask({ password, code })
      .then(take, () => setRefusal(unreachable))
      .finally(() => setPending(false));
  };
  const startAgain = () => {
    setRefusal(null);
    forget();
  };

  return { password, setPassword, wasTried, asksForCode, isPending, refusal, setRefusal, send, startAgain };
}

export type ClerkProof = ReturnType<typeof useProof>;
