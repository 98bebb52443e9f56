import { describe, expect, it } from "vitest";
import type { ResidentRecord } from "./case-context.ts";
import type { CaseEvent } from "./case-event.ts";
import { type CounterNow, clerkScreen, residentScreen } from "./counter-screens.ts";
import { documentOf } from "./documents.ts";
import { refusalOfResident } from "./eligibility.ts";
import { identityDocumentKinds } from "./identity-documents.ts";
import { notices, terms, termsVersion } from "./notices.ts";
import { openCase, type StoredCase, stepCase } from "./step-case.ts";
import { type ComparedItemName, keySteps } from "./views.ts";

const at = "2026-11-21T15:30:00.000Z";
const cardNumber = "MITOME0000000001";
const hoa: ResidentRecord = {
  residentCode: "90000000041",
  registerVersion: 3,
  municipality: "121002",
  name: "ＮＧＵＹＥＮ　ＨＯＡ",
  furigana: "ぐえん　ほあ",
  alias: "田中　花",
  address: "千葉県千葉市中央区市場町１番１号",
  dateOfBirth: "019900315",
  gender: "2",
};
const now: CounterNow = {
  onReader: cardNumber,
  foreignCard: false,
  agent: true,
  clerkScreen: true,
  residentScreen: true,
  trouble: null,
  candidates: null,
  problem: null,
  sealingKey: null,
  keyStep: "generate",
  call: null,
  municipalityName: (code) => (code === "122041" ? "船橋市" : code),
  keyFingerprint: () => "ABCD 1234",
  keyAlgorithm: () => "RSA 2048",
};
const begin = openCase({
  caseId: "7d1c7f64-31a5-4d5e-9a3a-1f0a3a4f5b6c",
  municipality: "121002",
  counter: "counter-1",
  clerk: "clerk-7",
  at,
});
const walk = (...events: CaseEvent[]): StoredCase =>
  events.reduce((stored, event) => {
    const after = stepCase(stored, event);
    if (after === null) throw new Error(`${event.type} does not fit ${stored.value}`);
    return after;
  }, begin);
const confirm = (item: ComparedItemName): CaseEvent => ({ type: "confirmItem", item });
const comparing: CaseEvent[] = [
  { type: "cardPlaced", cardNumber },
  { type: "cardSuitable" },
  { type: "chooseResident", resident: hoa, at },
  { type: "holdsNone" },
];
const applying: CaseEvent[] = [
  ...comparing,
  ...(["name", "alias", "dateOfBirth", "gender", "address"] as const).map(confirm),
  { type: "finishComparison" },
  {
    type: "recordIdentity",
    document: "residenceCard",
    expiresOn: "2030-01-01",
    photoMatches: true,
    copyTaken: true,
    clerk: "clerk-7",
    at,
  },
];
const making: CaseEvent[] = [
  ...applying,
  { type: "applicationReceived", at },
  { type: "giveCard" },
  { type: "confirmData" },
  { type: "acceptTerms", version: termsVersion, at },
  { type: "attemptOpened", caseChallenge: "AAAA" },
  { type: "passwordSealed" },
];

describe("千葉県運用規程 3-1-9 ①: the comparison", () => {
  it("[C-3-1-9.1] marks the characters that differ and lets nobody confirm them", () => {
    const stored = walk(...comparing, {
      type: "enterItem",
      item: "address",
      value: "千葉県千葉市中央区市場町１番２号",
    });
    const view = clerkScreen(stored, now);
    if (view.screen !== "compare") throw new Error(view.screen);
    const address = view.items.find(({ item }) => item === "address");
    expect(address?.verdict).toBe("different");
    expect(address?.application.filter(({ kind }) => kind === "hard").map(({ text }) => text)).toEqual(["２"]);
    expect(address?.register.filter(({ kind }) => kind === "hard").map(({ text }) => text)).toEqual(["１"]);
    expect(address?.application.map(({ text }) => text).join("")).toBe("千葉県千葉市中央区市場町１番２号");
    expect(stepCase(stored, confirm("address"))).toBeNull();
    expect(view.ready).toBe(false);
  });

  it("lets a way of writing be confirmed, and says which it is", () => {
    const stored = walk(...comparing, { type: "enterItem", item: "address", value: "千葉県千葉市中央区市場町1番1号" });
    const view = clerkScreen(stored, now);
    if (view.screen !== "compare") throw new Error(view.screen);
    const address = view.items.find(({ item }) => item === "address");
    expect(address).toMatchObject({ verdict: "spelling", differences: [{ ja: "全角と半角" }] });
    expect(stepCase(stored, confirm("address"))).not.toBeNull();
  });

  it("opens a confirmed item again when its entry changes", () => {
    const stored = walk(...comparing, confirm("name"), { type: "enterItem", item: "name", value: hoa.name });
    expect(stored.context.confirmed).toEqual([]);
  });
});

describe("千葉県運用規程 4-1-2: the application form", () => {
  it("[C-4-1-2.1] states day, name with ふりがな, 通称, address, birth date, gender and the substitute characters, and no more", () => {
    const document = documentOf(walk(...applying).context, "application", "千葉市");
    if (document?.kind !== "application") throw new Error("no application");
    // 00:30 in Japan is the next day already.
    expect(document.date).toBe("2026-11-22");
    expect(document.person).toEqual({
      name: hoa.name,
      furigana: hoa.furigana,
      alias: hoa.alias,
      address: hoa.address,
      dateOfBirth: "西暦1990年3月15日",
      gender: { ja: "女", en: "female" },
    });
    expect(document.substitutions).toEqual({
      name: "00000000000".slice(0, [...hoa.name].length),
      alias: "0000",
      address: "0".repeat([...hoa.address].length),
    });
    expect(Object.keys(document).sort()).toEqual([
      "caseId",
      "date",
      "kind",
      "municipality",
      "person",
      "substitutions",
      "terms",
    ]);
    expect(document.terms).toEqual(terms);
  });

  it("[C-4-1-2.1] has no 通称 for a person without one", () => {
    const plain = { ...hoa, alias: null };
    const stored = walk(
      ...comparing.slice(0, 2),
      { type: "chooseResident", resident: plain, at },
      { type: "holdsNone" },
    );
    const document = documentOf(stored.context, "application", "千葉市");
    expect(document).toMatchObject({ person: { alias: null }, substitutions: { alias: null } });
  });

  it("is there before anybody signs it, and the copy and the receipt are not", () => {
    const { context } = walk(...applying);
    expect(documentOf(context, "certificateCopy", "千葉市")).toBeNull();
    expect(documentOf(context, "receipt", "千葉市")).toBeNull();
  });
});

describe("千葉県運用規程 4-3-1 ②, 2-1-3(14): copy and receipt", () => {
  const certificate = {
    serial: "2a".repeat(16),
    notBefore: at,
    notAfter: at,
    issuer: "CN=知事",
    certificate: "AAAA",
    issuerCertificate: "AAAA",
  };
  const key = {
    publicKey: "AAAA",
    proofOfPossession: "",
    cardOrigin: { cardNumber, cardChallenge: "", hostChallenge: "", counter: 1, mac: "" },
    generatedAt: at,
  };
  const papers = walk(
    ...making,
    { type: "keyMade", key },
    { type: "cardReceived" },
    { type: "issue" },
    { type: "issued", certificate },
    { type: "stored", readBackHash: "AAAA" },
    { type: "delivered" },
    ...notices.map(({ id }) => ({ type: "acknowledge", notice: id, at }) as const),
    { type: "feeReceived", at },
  );

  it("[C-4-3-1.2] prints certificate, items and every notice on the copy", () => {
    expect(documentOf(papers.context, "certificateCopy", "千葉市")).toMatchObject({
      certificate: { serial: certificate.serial, notAfter: at },
      person: { name: hoa.name, alias: hoa.alias },
      notices,
    });
  });

  it("[C-2-1-3.13] gives a receipt over the fee once it was received", () => {
    expect(documentOf(papers.context, "receipt", "千葉市")).toMatchObject({
      yen: 500,
      receivedOn: "2026-11-22",
      payer: hoa.name,
    });
  });

  it("shows the resident the client software at the end", () => {
    expect(residentScreen(papers, now)).toMatchObject({
      screen: "takeCardAndPapers",
      clientSoftware: { id: "clientSoftware" },
    });
  });
});

describe("the two screens", () => {
  it("say the same of who has the card, and not to take it while it is written", () => {
    const stored = walk(...making);
    for (const view of [clerkScreen(stored, now), residentScreen(stored, now)]) {
      expect(view).toMatchObject({ custody: { holder: "reader", onReader: true, doNotRemove: true } });
    }
    const taken = { ...now, onReader: null };
    expect(clerkScreen(stored, taken)).toMatchObject({
      custody: { holder: "resident", onReader: false, doNotRemove: true },
    });
  });

  it("tell the resident how far the card has come with the key", () => {
    const stored = walk(...making);
    for (const step of keySteps)
      expect(residentScreen(stored, { ...now, keyStep: step })).toMatchObject({ screen: "makingKey", step });
  });

  it("never show the resident code", () => {
    for (const [count] of making.entries()) {
      const stored = walk(...making.slice(0, count + 1));
      expect(JSON.stringify([clerkScreen(stored, now), residentScreen(stored, now)])).not.toContain(hoa.residentCode);
    }
  });

  it("tell the resident nothing of a doubt, and the clerk the clause", () => {
    const stored = walk(...comparing, { type: "doubt", ground: "photoDoesNotMatch", at });
    expect(clerkScreen(stored, now)).toMatchObject({
      screen: "ended",
      outcome: "doubt",
      explanation: { clause: "千葉県運用規程 3-1-9 但し書" },
    });
    expect(JSON.stringify(residentScreen(stored, now))).not.toMatch(/疑義|doubt/);
  });

  it("show the certificate in the way with its town, end and last four digits (4-2-3)", () => {
    const held = {
      serial: "0123456789abcdef".repeat(2),
      notBefore: at,
      notAfter: "2027-01-01T00:00:00Z",
      municipality: "122041",
    };
    const stored = walk(...comparing.slice(0, 3), { type: "holds", held });
    expect(clerkScreen(stored, now)).toMatchObject({
      screen: "doubleIssue",
      certificate: { serialTail: "cdef", notAfter: held.notAfter, municipality: "船橋市" },
      explanation: { clause: "千葉県運用規程 4-2-3" },
    });
  });
});

describe("千葉県運用規程 3-1-8: characters", () => {
  it("refuses the first character outside the two standards, with its item and place", () => {
    expect(refusalOfResident({ ...hoa, name: "山﨑　花子" }, "121002")).toEqual({
      reason: "characterOutsideRepertoire",
      detail: { item: "name", position: 2, character: "﨑" },
    });
    expect(refusalOfResident({ ...hoa, alias: "𠮷田" }, "121002")).toMatchObject({
      detail: { item: "alias", position: 1 },
    });
    expect(refusalOfResident(hoa, "121002")).toBeNull();
  });

  it("refuses an address of more than 200 characters", () => {
    expect(refusalOfResident({ ...hoa, address: "千".repeat(200) }, "121002")).toBeNull();
    expect(refusalOfResident({ ...hoa, address: "千".repeat(201) }, "121002")).toMatchObject({
      reason: "addressTooLong",
    });
  });
});

describe("千葉県運用規程 3-1-9 ②: identity documents", () => {
  it("[C-3-1-9.2] are a table of official documents with photograph, licence and passport among them", () => {
    expect(identityDocumentKinds.length).toBeGreaterThanOrEqual(20);
    expect(new Set(identityDocumentKinds.map(({ kind }) => kind)).size).toBe(identityDocumentKinds.length);
    for (const { photo, clause } of identityDocumentKinds) {
      expect(photo).toBe("required");
      expect(clause).toContain("3-1-9 ②");
    }
    expect(identityDocumentKinds.slice(0, 2).map(({ name }) => name.ja)).toEqual(["運転免許証", "旅券"]);
  });
});
