"use client";
import { type ReactNode, useId } from "react";
import { TextField as AriaTextField, Input, Label, Text } from "react-aria-components";
import { classNames } from "./class-names.ts";

export interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isRequired?: boolean;
  /** Says how to fill the field; stands above it (DADS: no placeholder). */
  readonly support?: ReactNode;
  /** What is wrong and how to mend it; tied to the field. */
  readonly error?: string | undefined;
  readonly type?: "text" | "password";
  readonly autoComplete?: string;
  readonly focusFirst?: boolean;
  /** Width in characters of full width; the field says by its size how much is expected. */
  readonly widthInCharacters?: number;
  readonly lang?: string;
  readonly isReadOnly?: boolean;
}

/** Label, ※必須 mark, support text, field and error text of the Digital Agency design system, tied together. */
export function TextField({
  label,
  value,
  onChange,
  isRequired = false,
  support,
  error,
  type = "text",
  autoComplete = "off",
  focusFirst = false,
  widthInCharacters,
  isReadOnly = false,
}: TextFieldProps) {
  const errorId = useId();
  return (
    <AriaTextField
      value={value}
      onChange={onChange}
      isRequired={isRequired}
      isReadOnly={isReadOnly}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      type={type}
      autoComplete={autoComplete}
      autoFocus={focusFirst}
      {...(error === undefined ? {} : { "aria-describedby": errorId })}
      className="flex flex-col gap-1"
    >
      <Label className="flex items-center gap-2 text-dns-16B-130">
        {label}
        {isRequired && <span className="text-dns-14N-130 text-red-1000">※必須</span>}
      </Label>
      {support !== undefined && (
        <Text slot="description" className="text-dns-14N-130 text-solid-gray-700">
          {support}
        </Text>
      )}
      <Input
        spellCheck={false}
        size={widthInCharacters === undefined ? 20 : widthInCharacters * 2}
        className={classNames(
          "h-10 max-w-full rounded-8 border bg-white px-3 text-oln-16N-100 text-solid-gray-900",
          widthInCharacters !== undefined && "w-fit",
          error === undefined ? "border-solid-gray-600" : "border-error-1",
          isReadOnly && "border-dashed",
        )}
      />
      {error !== undefined && (
        <p id={errorId} className="max-w-[28rem] text-dns-16N-130 text-error-1">
          ＊{error}
        </p>
      )}
    </AriaTextField>
  );
}
