import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

const kinds = {
  information: { mark: "i", frame: "border-blue-900", badge: "bg-blue-900" },
  success: { mark: "✓", frame: "border-success-2", badge: "bg-success-2" },
  warning: { mark: "!", frame: "border-warning-orange-2", badge: "bg-warning-orange-2" },
  error: { mark: "×", frame: "border-error-2", badge: "bg-error-2" },
} as const;

export interface BannerProps {
  readonly kind: keyof typeof kinds;
  readonly heading: ReactNode;
  readonly children?: ReactNode;
  /** `alert` interrupts a screen reader; `status` waits its turn; `none` for what was there when the page came. */
  readonly live?: "alert" | "status" | "none";
  readonly isLarge?: boolean;
}

/** DADS notification banner: a coloured frame and a mark, so that the kind never rests on colour alone. */
export function Banner({ kind, heading, children, live = "none", isLarge = false }: BannerProps) {
  const look = kinds[kind];
  return (
    <section
      {...(live === "none" ? {} : { role: live })}
      className={classNames("flex gap-3 rounded-12 border-2 bg-white", isLarge ? "p-6" : "p-3", look.frame)}
    >
      <span
        aria-hidden="true"
        className={classNames(
          "flex shrink-0 items-center justify-center rounded-full text-white",
          isLarge ? "size-12 text-std-28B-150" : "size-6 text-oln-16B-100",
          look.badge,
        )}
      >
        {look.mark}
      </span>
      <div className="flex min-w-0 flex-1 flex-col gap-2">
        <p className={isLarge ? "text-std-28B-150" : "text-dns-17B-130"}>{heading}</p>
        {children}
      </div>
    </section>
  );
}
