"use client";
import type { DoubtGround, CaseFrame as Frame, PersonView } from "@mitome/ra";
import { doubtGrounds } from "@mitome/ra/views";
import { Banner, Button, ChoiceGroup } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { type ReactNode, useState } from "react";
import type { Act } from "../act.ts";
import { CaseFrame } from "../case-frame.tsx";

type Leaving = "withdraw" | "doubt" | "suspend" | "back";

export interface StepProps {
  readonly view: Frame;
  readonly act: Act;
  readonly isPending: boolean;
  readonly complaint: ReactNode;
  readonly heading: string;
  readonly clause: string | null;
  readonly person?: PersonView;
  readonly primary?: ReactNode;
  /** Ways off this step that are open here. */
  readonly leaving: readonly Leaving[];
  readonly children: ReactNode;
}

/** A step of the case with its ways out; withdrawing and doubt are asked about once more before they are sent. */
export function Step(props: StepProps) {
  const { view, act, isPending, complaint, heading, clause, person, primary, leaving, children } = props;
  const t = useTranslations("frame");
  const [asking, setAsking] = useState<"withdraw" | "doubt" | null>(null);
  const frame = {
    frame: view,
    act,
    isPending,
    complaint,
    ...(person === undefined ? {} : { person }),
  };
  const close = () => setAsking(null);
  if (asking === "withdraw")
    return (
      <CaseFrame
        {...frame}
        heading={t("withdrawHeading")}
        clause={null}
        primary={
          <>
            <Button kind="danger" shortcut="Y" isPending={isPending} onPress={() => act({ type: "withdraw" })}>
              {t("withdrawYes")}
            </Button>
            <Button kind="outline" shortcut="Escape" focusFirst onPress={close}>
              {t("cancel")}
            </Button>
          </>
        }
      >
        <p className="text-std-16N-170">{t("withdrawBody")}</p>
      </CaseFrame>
    );
  if (asking === "doubt") return <Doubt {...frame} onClose={close} />;
  return (
    <CaseFrame
      {...frame}
      heading={heading}
      clause={clause}
      primary={primary}
      other={
        <>
          {leaving.includes("back") && (
            <Button
              kind="outline"
              size="dense"
              shortcut="F7"
              isPending={isPending}
              onPress={() => act({ type: "back" })}
            >
              {t("back")}
            </Button>
          )}
          {leaving.includes("suspend") && (
            <Button
              kind="outline"
              size="dense"
              shortcut="F3"
              isPending={isPending}
              onPress={() => act({ type: "suspend" })}
            >
              {t("suspend")}
            </Button>
          )}
          {leaving.includes("withdraw") && (
            <Button kind="danger" size="dense" shortcut="F4" onPress={() => setAsking("withdraw")}>
              {t("withdraw")}
            </Button>
          )}
          {leaving.includes("doubt") && (
            <Button kind="danger" size="dense" shortcut="F6" onPress={() => setAsking("doubt")}>
              {t("doubt")}
            </Button>
          )}
        </>
      }
    >
      {children}
    </CaseFrame>
  );
}

interface DoubtProps {
  readonly frame: Frame;
  readonly act: Act;
  readonly isPending: boolean;
  readonly complaint: ReactNode;
  readonly onClose: () => void;
}

/** 千葉県運用規程 3-1-9: where there is doubt about who applies, nothing is issued; the ground is recorded. */
function Doubt({ onClose, ...frame }: DoubtProps) {
  const t = useTranslations();
  const [ground, setGround] = useState<DoubtGround>("applicationDiffersFromRegister");
  return (
    <CaseFrame
      {...frame}
      heading={t("frame.doubtHeading")}
      clause="運用規程 3-1-9"
      primary={
        <>
          <Button
            kind="danger"
            shortcut="F8"
            isPending={frame.isPending}
            onPress={() => frame.act({ type: "doubt", ground })}
          >
            {t("frame.doubtYes")}
          </Button>
          <Button kind="outline" shortcut="Escape" onPress={onClose}>
            {t("frame.cancel")}
          </Button>
        </>
      }
    >
      <Banner kind="warning" heading={t("frame.doubtBody")} />
      <ChoiceGroup
        label={t("frame.doubtGround")}
        value={ground}
        onChange={(value) => setGround(doubtGrounds.find((known) => known === value) ?? ground)}
        choices={doubtGrounds.map((value) => ({ value, label: t(`doubt.${value}`) }))}
        focusFirst
      />
    </CaseFrame>
  );
}
