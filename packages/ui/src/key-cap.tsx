import type { ReactNode } from "react";

/** The name of a key to press, drawn as its cap. Hidden from assistive technology, which is told by aria-keyshortcuts. */
export function KeyCap({ children }: { readonly children: ReactNode }) {
  return (
    <span
      aria-hidden="true"
      className="inline-flex min-w-6 items-center justify-center rounded-4 border border-solid-gray-600 bg-white px-1 py-0.5 font-sans text-oln-14B-100 text-solid-gray-800 no-underline"
    >
      {children}
    </span>
  );
}
