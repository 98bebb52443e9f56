/** Parts of screens on the Digital Agency design system. They know nothing of certificates, cards or cases. */
export { Banner, type BannerProps } from "./banner.tsx";
export { Button, type ButtonProps } from "./button.tsx";
export { Checkbox, type CheckboxProps, type Choice, ChoiceGroup, type ChoiceGroupProps } from "./choice.tsx";
export { classNames } from "./class-names.ts";
export { DescriptionList, type DescriptionListProps } from "./description-list.tsx";
export { KeyCap } from "./key-cap.tsx";
export { OnScreenKeyboard, type OnScreenKeyboardProps } from "./on-screen-keyboard.tsx";
export { type Shortcut, useShortcuts } from "./shortcut.ts";
export { type Step, StepList, type StepListProps } from "./step-list.tsx";
export { TextField, type TextFieldProps } from "./text-field.tsx";
