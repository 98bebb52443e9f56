import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import "./screen.css";

export const metadata: Metadata = { title: "公的個人認証サービス 窓口", robots: { index: false, follow: false } };
export const viewport: Viewport = { width: "device-width", initialScale: 1 };

/**
 * Every page is rendered for its request, so that Next puts the request's nonce on its scripts. No page carries
 * personal data: a person's items come over tRPC only, to a screen that proved itself.
 */
export default async function Layout({ children }: { readonly children: ReactNode }) {
  const policy = (await headers()).get("content-security-policy") ?? "";
  const nonce = /'nonce-([^']+)'/.exec(policy)?.[1];
  return (
    <html lang="ja">
      <head>
        {/* react-aria puts its one style element under this nonce. */}
        <meta property="csp-nonce" nonce={nonce} />
      </head>
      <body>
        <noscript>
          <p className="p-6 text-std-20N-150">
            この画面には JavaScript が必要です。端末の管理者に連絡してください。(This screen needs JavaScript.)
          </p>
        </noscript>
        {children}
      </body>
    </html>
  );
}
