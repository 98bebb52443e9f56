"use client";
import { useEffect, useState } from "react";

interface Subscription {
  unsubscribe(): void;
}

interface Observer<View> {
  onData(view: View): void;
  onError(): void;
  onConnectionStateChange(state: { readonly state: "idle" | "connecting" | "pending" }): void;
}

/** The newest view of the server, or null before the first; `isConnected` is false while the page is cut off. */
export interface LiveView<View> {
  readonly view: View | null;
  readonly isConnected: boolean;
}

const reconnectAfter = 2_000;

/**
 * Follows the server's views. tRPC reconnects by itself when the stream breaks; when the server refuses the stream
 * (restarting, session gone) we knock again every two seconds and `onRefused` lets the page ask who it is.
 */
export function useLiveView<View>(
  subscribe: (observer: Observer<View>) => Subscription,
  onRefused: () => void,
): LiveView<View> {
  const [live, setLive] = useState<LiveView<View>>({ view: null, isConnected: true });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const subscription = subscribe({
      onData: (view) => setLive({ view, isConnected: true }),
      onConnectionStateChange: ({ state }) => {
        if (state === "connecting") setLive((now) => ({ ...now, isConnected: now.view === null }));
        if (state === "pending") setLive((now) => ({ ...now, isConnected: true }));
      },
      onError: () => {
        setLive((now) => ({ ...now, isConnected: false }));
        onRefused();
        timer = setTimeout(() => setAttempt((count) => count + 1), reconnectAfter);
      },
    });
    return () => {
      clearTimeout(timer);
      subscription.unsubscribe();
    };
  }, [subscribe, onRefused, attempt]);
  return live;
}
