import { classNames } from "./class-names.ts";

export interface Step {
  readonly label: string;
  readonly state: "done" | "current" | "waiting";
}

export interface StepListProps {
  /** Names the list for screen readers. */
  readonly label: string;
  /** Read out for each state, for example 「済」. */
  readonly stateNames: Readonly<Record<Step["state"], string>>;
  readonly steps: readonly Step[];
  readonly isLarge?: boolean;
}

const marks = { done: "✓", current: "▶", waiting: "" } as const;

/** Where we are in a procedure (DADS step navigation): done, current and waiting differ by mark and weight, not by colour alone. */
export function StepList({ label, stateNames, steps, isLarge = false }: StepListProps) {
  return (
    <ol aria-label={label} className={classNames("flex flex-col", isLarge ? "gap-4" : "gap-0.5")}>
      {steps.map((step) => (
        <li
          key={step.label}
          aria-current={step.state === "current" ? "step" : undefined}
          className={classNames(
            "flex items-center gap-2 rounded-4 px-2",
            isLarge ? "py-2 text-std-24N-150" : "py-1 text-dns-16N-130",
            step.state === "current" && "bg-blue-100 font-700 text-blue-1000",
            step.state === "waiting" && "text-solid-gray-700",
          )}
        >
          <span
            aria-hidden="true"
            className={classNames(
              "flex shrink-0 items-center justify-center rounded-full border border-current text-oln-14B-100",
              isLarge ? "size-10" : "size-5",
              step.state === "done" && "border-success-2 bg-success-2 text-white",
            )}
          >
            {marks[step.state]}
          </span>
          <span>{step.label}</span>
          <span className="sr-only">{stateNames[step.state]}</span>
        </li>
      ))}
    </ol>
  );
}
