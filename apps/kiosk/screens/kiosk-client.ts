"use client";
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import type { KioskRouter } from "../server/router.ts";

/** The page's only way to the server: same origin, cookies prove the screen, views arrive as server-sent events. */
export const kiosk = createTRPCClient<KioskRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === "subscription",
      true: httpSubscriptionLink({ url: "/api/trpc" }),
      false: httpLink({ url: "/api/trpc" }),
    }),
  ],
});
