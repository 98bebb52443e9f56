/** The clerk's and the resident's way through 新規発行, in named legs, as their pages go it. */
import { act, type Browser, clerkSees, residentAct, residentSees, sealPassword } from "./counter.fixture.ts";

export interface Pair {
  readonly clerk: Browser;
  readonly resident: Browser;
}

export const hanako = { dateOfBirth: "S390107", kana: "やまだ" };

/** Opens a case; the card already lies on the reader. */
export async function start({ clerk }: Pair): Promise<string> {
  await act(clerk, { type: "startNew" });
  return (await clerkSees(clerk, "searchRegister")).caseId;
}

export async function chooseResident({ clerk }: Pair, query = hanako): Promise<void> {
  await act(clerk, { type: "searchRegister", ...query });
  const { candidates } = await clerkSees(clerk, "searchRegister");
  await act(clerk, { type: "chooseResident", ref: candidates?.[0]?.ref ?? "" });
}

export async function compare({ clerk }: Pair): Promise<void> {
  const { items } = await clerkSees(clerk, "compare");
  for (const { item } of items) await act(clerk, { type: "confirmItem", item });
  await act(clerk, { type: "finishComparison" });
}

export const licence = {
  type: "recordIdentity",
  document: "driversLicence",
  expiresOn: "R100331",
  photoMatches: true,
  copyTaken: true,
} as const;

export async function prove({ clerk }: Pair): Promise<void> {
  await clerkSees(clerk, "identity");
  await act(clerk, licence);
  await act(clerk, { type: "applicationReceived" });
  await act(clerk, { type: "giveCard" });
}

export async function agree({ resident }: Pair): Promise<void> {
  await residentSees(resident, "confirmData");
  await residentAct(resident, { type: "confirmData" });
  const { version } = await residentSees(resident, "terms");
  await residentAct(resident, { type: "acceptTerms", version });
}

export async function enterPassword({ resident }: Pair, password = "ABC123"): Promise<void> {
  const { sealingKey } = await residentSees(resident, "password");
  if (sealingKey === null) throw new Error("the agent is away");
  await residentAct(resident, await sealPassword(password, sealingKey));
}

export async function issue({ clerk, resident }: Pair): Promise<void> {
  await residentSees(resident, "giveCardToClerk");
  await residentAct(resident, { type: "cardGiven" });
  await act(clerk, { type: "cardReceived" });
  await clerkSees(clerk, "confirmIssuance");
  await act(clerk, { type: "issue" });
}

export async function handOver({ clerk, resident }: Pair): Promise<void> {
  const { notices } = await residentSees(resident, "notices");
  for (const { id } of notices) await residentAct(resident, { type: "acknowledge", notice: id });
  await clerkSees(clerk, "papers");
  await act(clerk, { type: "feeReceived" });
  await act(clerk, { type: "copyGiven" });
  await act(clerk, { type: "cardReturned" });
  await clerkSees(clerk, "ended");
  await act(clerk, { type: "nextPerson" });
}

/** From the menu to the resident's password. */
export async function toPassword(pair: Pair, query = hanako): Promise<string> {
  const caseId = await start(pair);
  await chooseResident(pair, query);
  await compare(pair);
  await prove(pair);
  await agree(pair);
  return caseId;
}
