"use client";
import type { Candidate } from "@mitome/ra";
import { Banner, Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useRef, useState } from "react";
import { ListBox, ListBoxItem } from "react-aria-components";
import type { CaseScreen } from "./first-issuance.tsx";
import { Step } from "./step.tsx";

/** 千葉県運用規程 3-1-9: the applicant is looked up in the register by birth date and kana, never typed in anew. */
export function SearchRegister({ view, ...props }: CaseScreen<"searchRegister">) {
  const t = useTranslations("search");
  const [dateOfBirth, setDateOfBirth] = useState("");
  const [kana, setKana] = useState("");
  const [wasTried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  const problem =
    view.problem === null ? undefined : [view.problem.what, ...view.problem.next].map(({ ja }) => ja).join("");

  const search = () => {
    setTried(true);
    if (dateOfBirth !== "" && kana !== "") props.act({ type: "searchRegister", dateOfBirth, kana });
  };
  // Enter in the first field goes on to the second; only the second searches.
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    const fields = [...(form.current?.querySelectorAll("input") ?? [])];
    if (event.target !== fields[0] || kana !== "") return;
    event.preventDefault();
    fields[1]?.focus();
  };

  return (
    <Step {...props} view={view} heading={t("heading")} clause={t("clause")} leaving={["back", "suspend", "withdraw"]}>
      <form
        ref={form}
        noValidate
        className="flex flex-wrap items-end gap-6"
        onKeyDown={onKeyDown}
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        <TextField
          label={t("dateOfBirth")}
          support={t("dateSupport")}
          value={dateOfBirth}
          onChange={setDateOfBirth}
          isRequired
          focusFirst
          widthInCharacters={8}
          error={wasTried && dateOfBirth === "" ? t("dateMissing") : problem}
        />
        <TextField
          label={t("kana")}
          support={t("kanaSupport")}
          value={kana}
          onChange={setKana}
          isRequired
          widthInCharacters={16}
          error={wasTried && kana === "" ? t("kanaMissing") : undefined}
        />
        <Button type="submit" onPress={search} isPending={props.isPending}>
          {t("search")}
        </Button>
      </form>
      {view.candidates !== null && (
        <Candidates candidates={view.candidates} onChoose={(ref) => props.act({ type: "chooseResident", ref })} />
      )}
    </Step>
  );
}

interface CandidatesProps {
  readonly candidates: readonly Candidate[];
  readonly onChoose: (ref: string) => void;
}

function Candidates({ candidates, onChoose }: CandidatesProps) {
  const t = useTranslations();
  if (candidates.length === 0)
    return (
      <Banner kind="information" live="status" heading={t("search.none")}>
        <p className="text-dns-16N-130">{t("search.noneNext")}</p>
      </Banner>
    );
  return (
    <section aria-labelledby="results" className="flex flex-col gap-2">
      <h2 id="results" className="text-dns-17B-130">
        {t("search.results", { count: candidates.length })}
        <span className="pl-4 text-dns-14N-130 text-solid-gray-700">{t("search.resultsSupport")}</span>
      </h2>
      <ListBox
        // A new answer of the register takes the focus again.
        key={candidates.map(({ ref }) => ref).join()}
        aria-labelledby="results"
        autoFocus="first"
        items={candidates.map((candidate) => ({ ...candidate, id: candidate.ref }))}
        onAction={(key) => onChoose(String(key))}
        className="flex flex-col rounded-8 border border-solid-gray-420"
      >
        {(candidate) => (
          <ListBoxItem
            textValue={`${candidate.name} ${candidate.dateOfBirth} ${candidate.address}`}
            className="grid cursor-pointer grid-cols-[14rem_12rem_10rem_4rem_1fr] items-center gap-3 border-solid-gray-300 border-b px-3 py-2 text-dns-16N-130 data-focused:bg-blue-100"
          >
            <span className="text-dns-16B-130">
              {candidate.name}
              {candidate.alias !== null && `（${candidate.alias}）`}
            </span>
            <span>{candidate.furigana}</span>
            <span>{candidate.dateOfBirth}</span>
            <span>{candidate.gender.ja}</span>
            <span>{candidate.address}</span>
          </ListBoxItem>
        )}
      </ListBox>
    </section>
  );
}
