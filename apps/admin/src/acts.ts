/** What the desk's forms do: from a form to one call of the authority, and back to words. */
import {
  certificationRequestIn,
  demandingOffices,
  verifierClasses,
  verifierRights,
  withdrawalReasons,
} from "@mitome/ca";
import type { OperatorsClient } from "@mitome/ca-api/client";
import { type Complaint, complaintOf, type DeskRefusal, wrongRegistration } from "../pages/complaints.ts";
import { mostContacts } from "../pages/registration-fields.ts";
import type { SentForm } from "./read-form.ts";

/** What became of a form: done, and what to say; refused; or something to be shown once. */
export type Outcome =
  | { readonly kind: "done"; readonly verifier: string; readonly said: Said }
  | { readonly kind: "refused"; readonly complaint: Complaint }
  | { readonly kind: "password"; readonly bindName: string; readonly password: string };

/** What is said after an act, by its code: the code is what a browser carries. */
export const sayings = {
  registered: "登録しました。次に、受け取った届出を記録します。",
  changed: "変更を記録しました。",
  recorded: "記録しました。",
  directoryLater:
    "記録しました。ただしディレクトリ（LDAP）に届かず、失効リストの取得にはまだ反映していません。届くまで1分ごとに試します。",
  certified: "クライアント証明書を発行しました。下から取得して、署名検証者等に渡します。",
  withdrawn: "クレデンシャルを取り消しました。もう使えません。",
  demanded: "報告を求めたことを記録しました。",
  answered: "報告を受けたことを記録しました。",
} as const;
/** One of the codes. */
type Said = keyof typeof sayings;

type Calls = OperatorsClient["calls"]["verifiers"];
type Act = (calls: Calls, verifier: string, form: SentForm) => Promise<Outcome>;

const refused = (tried: string, reason: DeskRefusal): Outcome => ({
  kind: "refused",
  complaint: complaintOf(tried, reason),
});

/** Enters a verifier. */
export async function register(calls: Calls, form: SentForm): Promise<Outcome> {
  const kind = verifierClasses.find(({ id }) => id === form.text("class"))?.kind;
  const registration = { id: form.text("id"), kind, class: form.text("class"), ...changeableIn(form) };
  const answer = await calls.register.mutate(registration);
  if (answer.kind === "malformed") return malformed("登録", form, answer.field);
  if (answer.kind === "refused") return refused("登録", answer.reason);
  return { kind: "done", verifier: answer.verifier, said: "registered" };
}

/** What a verifier may notify a change of; contacts that nothing was entered of are none. */
function changeableIn(form: SentForm) {
  const contacts = contactPlaces(form).map((index) => contactIn(form, index));
  return { name: form.text("name"), address: form.text("address"), contacts };
}

/** Where something was entered, or the first place. */
function contactPlaces(form: SentForm): readonly number[] {
  const places = [...Array(mostContacts).keys()];
  const entered = places.filter((index) => Object.values(contactIn(form, index)).some((text) => text !== ""));
  return entered.length === 0 ? [0] : entered;
}

/** The field at its place in the form: the core counts the contacts that it was given. */
function malformed(tried: string, form: SentForm, field: string): Outcome {
  const inForm = field.replace(/^contacts\.(\d+)\./, (_, at) => `contacts.${contactPlaces(form)[Number(at)]}.`);
  return { kind: "refused", complaint: wrongRegistration(tried, inForm) };
}

function contactIn(form: SentForm, index: number) {
  const text = (field: string) => form.text(`contacts.${index}.${field}`);
  return { department: text("department"), person: text("person"), telephone: text("telephone"), email: text("email") };
}

const change: Act = async (calls, verifier, form) => {
  const tried = "変更の記録";
  const revision = Number(form.text("revision"));
  if (!Number.isSafeInteger(revision) || revision < 1) return refused(tried, "formIncomplete");
  const answer = await calls.change.mutate({ verifier, revision, change: changeableIn(form) });
  if (answer.kind === "malformed") return malformed(tried, form, answer.field);
  return answer.kind === "refused" ? refused(tried, answer.reason) : { kind: "done", verifier, said: "changed" };
};

type FactToRecord = Parameters<Calls["record"]["mutate"]>[0]["fact"];

const record: Act = async (calls, verifier, form) => {
  const tried = "記録";
  const fact = factIn(form);
  const after = Number(form.text("after"));
  if (fact === "quotaNotWhole") return refused(tried, fact);
  if (fact === undefined || !Number.isSafeInteger(after)) return refused(tried, "formIncomplete");
  const answer = await calls.record.mutate({ verifier, after, fact });
  if (answer.kind === "refused") return refused(tried, answer.reason);
  return { kind: "done", verifier, said: answer.directory === "away" ? "directoryLater" : "recorded" };
};

function factIn(form: SentForm): FactToRecord | "quotaNotWhole" | undefined {
  const kind = form.text("kind");
  switch (kind) {
    case "notified":
    case "agreementEnded":
    case "started":
    case "stopped":
      return { kind };
    case "agreed":
      return { kind, termsVersion: form.text("termsVersion") };
    case "rightGranted":
    case "rightWithdrawn": {
      const right = verifierRights.find((one) => one === form.text("about"));
      return right && { kind, right };
    }
    case "quotaSet": {
      const text = form.text("usesPerMonth");
      if (text === "") return { kind, usesPerMonth: null };
      return /^\d{1,15}$/.test(text) ? { kind, usesPerMonth: Number(text) } : "quotaNotWhole";
    }
    case "confirmerListed":
    case "confirmerStruck":
      return form.text("about") === "" ? undefined : { kind, confirmer: form.text("about") };
    default:
      return undefined;
  }
}

const certify: Act = async (calls, verifier, form) => {
  const tried = "クライアント証明書の発行";
  const request = certificationRequestIn(form.file("requestFile") ?? Buffer.from(form.text("requestText")));
  if (request === undefined) return refused(tried, "noCertificationRequest");
  const answer = await calls.certify.mutate({ verifier, request: Buffer.from(request).toString("base64") });
  return answer.kind === "refused" ? refused(tried, answer.reason) : { kind: "done", verifier, said: "certified" };
};

const bind: Act = async (calls, verifier) => {
  const answer = await calls.setBind.mutate({ verifier });
  if (answer.kind === "refused")
    return refused("パスワードの設定", answer.reason === "directoryAway" ? "passwordNotSet" : answer.reason);
  return { kind: "password", bindName: answer.bindName, password: answer.password };
};

const withdraw: Act = async (calls, verifier, form) => {
  const tried = "クレデンシャルの取り消し";
  const reason = withdrawalReasons.find((one) => one === form.text("reason"));
  if (reason === undefined) return refused(tried, "formIncomplete");
  if (form.text("confirmed") !== "yes") return refused(tried, "notConfirmed");
  const answer = await calls.withdraw.mutate({ verifier, credential: form.text("credential"), reason });
  return answer.kind === "refused" ? refused(tried, answer.reason) : { kind: "done", verifier, said: "withdrawn" };
};

const demand: Act = async (calls, verifier, form) => {
  const tried = "報告を求めたことの記録";
  const [id, subject, dueOn] = [form.text("id"), form.text("subject"), form.text("dueOn")];
  const office = Object.keys(demandingOffices).find((one) => one === form.text("demandedBy"));
  const whole = subject !== "" && subject.length <= 500 && /^\d{4}-\d{2}-\d{2}$/.test(dueOn);
  if ((office !== "minister" && office !== "governor") || !whole) return refused(tried, "formIncomplete");
  const answer = await calls.demandReport.mutate({ id, verifier, demandedBy: office, subject, dueOn });
  return answer.kind === "refused" ? refused(tried, answer.reason) : { kind: "done", verifier, said: "demanded" };
};

const report: Act = async (calls, verifier, form) => {
  const answer = await calls.recordReport.mutate({ demand: form.text("demand") });
  if (answer.kind === "refused") return refused("報告を受けたことの記録", answer.reason);
  return { kind: "done", verifier, said: "answered" };
};

/** The acts on one verifier, by the last part of their address. */
export const acts: Readonly<Record<string, Act>> = { change, record, certify, bind, withdraw, demand, report };
