import type { ReactNode } from "react";
import { classNames } from "./class-names.ts";

export interface DescriptionListProps {
  readonly items: readonly { readonly term: string; readonly description: ReactNode }[];
  readonly isLarge?: boolean;
}

/** Names and values in two columns; one column where there is no room. */
export function DescriptionList({ items, isLarge = false }: DescriptionListProps) {
  return (
    <dl className={classNames("grid", isLarge ? "text-std-24N-150" : "text-dns-16N-130")}>
      {items.map(({ term, description }) => (
        <div
          key={term}
          className={classNames(
            "grid border-solid-gray-300 border-b",
            isLarge ? "grid-cols-[minmax(6em,1fr)_4fr] gap-x-6 py-3" : "grid-cols-[8em_1fr] gap-x-3 py-1.5",
          )}
        >
          <dt className="text-solid-gray-700">{term}</dt>
          <dd className={classNames("min-w-0 break-words text-solid-gray-900", isLarge && "text-std-28B-150")}>
            {description}
          </dd>
        </div>
      ))}
    </dl>
  );
}
