"use client";
import type { Candidate } from "@mitome/ra";
import { Banner, Button, TextField } from "@mitome/ui";
import { useTranslations } from "next-intl";
import { type KeyboardEvent, useRef, useState } from "react";
import type { CaseScreen } from "./case-screen.ts";
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
        className="flex flex-wrap items-start gap-6"
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
          focusFirst={view.candidates === null || view.candidates.length === 0}
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
        <div className="pt-9">
          <Button type="submit" onPress={search} isPending={props.isPending}>
            {t("search")}
          </Button>
        </div>
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
      <ul
        // A new answer of the register takes the focus again.
        key={candidates.map(({ ref }) => ref).join()}
        className="flex flex-col rounded-8 border border-solid-gray-420"
        onKeyDown={moveFocus}
      >
        {candidates.map((candidate, index) => (
          <li key={candidate.ref} className="border-solid-gray-300 border-b">
            <button
              type="button"
              // biome-ignore lint/a11y/noAutofocus: the search is over; the next act is to choose.
              autoFocus={index === 0}
              className="grid w-full cursor-pointer grid-cols-[14rem_12rem_10rem_4rem_1fr] items-center gap-3 px-3 py-2 text-left text-dns-16N-130 hover:bg-blue-100 focus:bg-blue-100"
              onClick={() => onChoose(candidate.ref)}
            >
              <span className="text-dns-16B-130">
                {candidate.name}
                {candidate.alias !== null && `（${candidate.alias}）`}
              </span>
              <span>{candidate.furigana}</span>
              <span>{candidate.dateOfBirth}</span>
              <span>{candidate.gender.ja}</span>
              <span>{candidate.address}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** ↑ and ↓ go through the hits. */
function moveFocus(event: KeyboardEvent<HTMLUListElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const hits = [...event.currentTarget.querySelectorAll("button")];
  const now = hits.findIndex((hit) => hit.matches(":focus"));
  hits[now + step]?.focus();
}
