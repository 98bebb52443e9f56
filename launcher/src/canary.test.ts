import { createPrivateKey, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { connect } from "@mitome/db/ra";
import { loadResidents } from "@mitome/db/register";
import type { ResidentRecord } from "@mitome/ra";
import { sqlAs } from "@mitome/testkit/sql";
import { assembleOcspRequest, encodeTbsRequest, makeCertId, parseCertificate, parseSerialNumber } from "@mitome/x509";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { handOver, issue, logIn, makeKey, nextPerson, openCounter, proveIdentity } from "./browser-counter.ts";
import { type Canary, filesBelow, findBelow, findIn, namesIn, spell, spellOctets } from "./canaries.fixture.ts";
import { callFrom, type HeardAnswer, overhear } from "./overheard.fixture.ts";
import { makePlace, type StackPlace } from "./place.ts";
import { root } from "./places.ts";
import { memoryOf, processesUnder, type SeenProcess } from "./proc.fixture.ts";
import { must, runQuietly } from "./run-command.ts";
import { type Stack, startStack } from "./stack.ts";
import { columnsHolding, filesOfTables } from "./stored-words.fixture.ts";

/** The one for whom a certificate is issued. */
const applicant: ResidentRecord = {
  residentCode: "73918462500",
  registerVersion: 3,
  municipality: "121002",
  name: "鵺鳥　梟子",
  furigana: "ぬえとり　ふくろうこ",
  alias: null,
  address: "千葉県千葉市中央区鶺鴒町八丁目９３番７号",
  dateOfBirth: "319310228",
  gender: "2",
};
/** One whom a clerk looked up, and no more. */
const lookedUp: ResidentRecord = {
  ...applicant,
  residentCode: "82649135700",
  name: "鶫沢　鴎助",
  furigana: "つぐみざわ　おうすけ",
  address: "千葉県千葉市中央区翡翠町四丁目８２番６号",
  dateOfBirth: "319300617",
  gender: "1",
};
const password = "KANARIA7H9";
const wrongClerkPassword = "machigai-no-himitsu-77";

const people: readonly Canary[] = [
  ...["鵺鳥", "梟子", applicant.name].map((word) => ({ what: "the applicant's name", word })),
  ...["ぬえとり", "ヌエトリ", "ふくろうこ"].map((word) => ({ what: "the applicant's reading", word })),
  ...["鶺鴒町", "８丁目９３番７号", "八丁目９３番７号"].map((word) => ({ what: "the applicant's address", word })),
  ...["319310228", "S060228", "1931-02-28", "昭和6年2月28日", "昭和６年２月２８日"].map((word) => ({
    what: "the applicant's birth date",
    word,
    inHex: false,
  })),
  { what: "the applicant's resident code", word: applicant.residentCode, inHex: false },
];
const strangers: readonly Canary[] = [
  ...["鶫沢", "鴎助", lookedUp.name].map((word) => ({ what: "the name of one looked up", word })),
  ...["つぐみざわ", "ツグミザワ"].map((word) => ({ what: "the reading of one looked up", word })),
  { what: "the address of one looked up", word: "翡翠町" },
  ...["319300617", "S050617", "昭和5年6月17日"].map((word) => ({
    what: "the birth date of one looked up",
    word,
    inHex: false,
  })),
  { what: "the resident code of one looked up", word: lookedUp.residentCode, inHex: false },
];
const secrets: readonly Canary[] = [
  { what: "the resident's password", word: password },
  { what: "a clerk's wrong password", word: wrongClerkPassword },
  { what: "the clerk's password", word: "tsuyoi-himitsu-2026" },
];
/** What a verifier asked about: a number that no certificate has. */
const asked = "5ca1ab1ec0ffee4dd1e7e11ab0a7f00d";
const queries: readonly Canary[] = [asked, asked.toUpperCase(), BigInt(`0x${asked}`).toString()].map((word) => ({
  ...{ what: "the number a verifier asked about", word },
  inHex: false,
}));
const all = [...people, ...strangers, ...secrets, ...queries];

/** The columns that hold an applicant because they must. */
const register = ["address", "date_of_birth", "furigana", "kana_key", "name", "resident_code"].map(
  (column) => `register.resident.${column}`,
);
const mustHold = [
  // The certificate itself, what was recorded before it was signed, and the request that it answers.
  ...["ca.certificate_content.certificate", "ca.signing_intent.request", "ca.signing_intent.tbs"],
  // The case, which resumes after anything and whose papers can be printed again; the request, sent again byte for byte.
  ...["ra.counter_case.context", "ra.signed_request.payload"],
  ...register,
];
/** What verifiers asked is on record for fees and the report, and nowhere else. */
const mayHoldQueries = ["access.access_record.given"];
/** Files of PostgreSQL that hold something of every table: its log of changes, and samples of columns for its planner. */
const CHANGES = /^pg_wal\//;
const SAMPLES = "pg_statistic";
/** What programs leave in the run directory besides the state: sockets, and nothing that was ever printed. */
const SOCKETS = ["card-control", "cards-operator/", "cards/", "pcsc/", "pg/", "signer-operator/", "signer/"];

type MemorySearch = { readonly regions: number; readonly found: readonly string[] } | "forbidden";

const begun = Date.now();
let temporary: string;
let place: StackPlace;
let stack: Stack;
let answers: readonly HeardAnswer[];
let running: readonly SeenProcess[];
let papers: readonly string[];
let passwordInMemory: MemorySearch;
let keyInMemory: MemorySearch;
let keyParts: ReturnType<typeof spell>;
let postgresLog: string;
const holding: Record<"people" | "strangers" | "secrets" | "queries", readonly string[]> = {
  ...{ people: [], strangers: [], secrets: [], queries: [] },
};
let tableOfFile: ReadonlyMap<string, string>;

beforeAll(async () => {
  const before = process.env.TMPDIR;
  temporary = mkdtempSync(join(tmpdir(), "mtc-"));
  // PostgreSQL runs as another user, who must pass through.
  chmodSync(temporary, 0o711);
  // Everything temporary of every program, and of the browser of this test, goes here.
  process.env.TMPDIR = temporary;
  try {
    place = await makePlace();
    stack = await startStack(place, { ports: "free", residents: 0, pages: true, cards: 1 });
    try {
      await fillRegister();
      await askAsVerifier();
      await issueAndRefuse();
      await lookWhileRunning();
    } finally {
      await stack.stop();
      postgresLog = stack.authority.cluster.log();
    }
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}, 180_000);

afterAll(() => {
  rmSync(temporary, { recursive: true, force: true });
});

async function fillRegister(): Promise<void> {
  const url = stack.authority.cluster.url("register_owner", "mitome_ra");
  const register = connect(url, 1);
  const sql = sqlAs(url);
  try {
    await loadResidents(register, [applicant, lookedUp]);
    // What PostgreSQL says of these in its log must not be what they hold.
    const again = sql`insert into register.resident (resident_code, version, municipality, name, furigana, address,
      date_of_birth, gender, kana_key) values (${applicant.residentCode}, 1, '121002', ${applicant.name},
      ${applicant.furigana}, ${applicant.address}, ${applicant.dateOfBirth}, '2', 'ぬえとり')`;
    await expect(again).rejects.toThrow("duplicate key");
    const impossible = sql`update register.resident set gender = '鵺鳥' where name = ${applicant.name}`;
    await expect(impossible).rejects.toThrow("check constraint");
  } finally {
    await Promise.all([register.close(), sql.end()]);
  }
}

/** As a registered verifier, in a body and in a path, and as nobody. */
async function askAsVerifier(): Promise<void> {
  const { plainResponderUrl, responderUrl, verifier } = stack.status;
  const governor = place.state("governor-1.pem");
  const question = ["ocsp", "-url", `${plainResponderUrl}/ocsp`, "-issuer", governor, "-CAfile", governor];
  const about = [...question, "-serial", `0x${asked}`];
  const { files } = verifier;
  expect(await must("openssl", [...about, "-signer", files.cert, "-signkey", files.key])).toContain(": unknown");
  expect((await runQuietly("openssl", about)).output).toContain("unauthorized");
  const issuer = parseCertificate(new X509Certificate(readFileSync(governor)).raw);
  const serial = parseSerialNumber(asked) ?? expect.fail();
  const body = assembleOcspRequest(encodeTbsRequest({ certIds: [makeCertId("sha1", issuer, serial)] }));
  const path = encodeURIComponent(Buffer.from(body).toString("base64"));
  const [cert, key, ca] = [files.cert, files.key, files.ca].map((file) => readFileSync(file));
  if (cert === undefined || key === undefined || ca === undefined) throw new RangeError("no file");
  const [answer] = await once(request(`${responderUrl}/ocsp/${path}`, { cert, key, ca }).end(), "response");
  expect(answer.statusCode).toBe(200);
  answer.resume();
}

/** One issuance through the real pages, with what goes wrong at a counter on the way. */
async function issueAndRefuse(): Promise<void> {
  const counter = await openCounter(stack.kioskUrl, stack.access);
  const { clerk, resident } = counter;
  try {
    const ear = overhear([clerk, resident]);
    await callFrom(clerk, "POST", "session.login", { account: "sato", password: wrongClerkPassword });
    await logIn(counter, stack.access);
    await lookUpAndWithdraw(clerk);
    await proveIdentity(counter, { dateOfBirth: "S060228", kana: "ぬえとり", password });
    // The pages are made once more while they show somebody.
    await clerk.reload();
    await resident.reload();
    for (const wrong of [
      { dateOfBirth: "S060228", kana: 7 },
      { dateOfBirth: "S060228", kana: "ぬえとり", name: "鵺鳥" },
    ])
      await callFrom(clerk, "POST", "clerk.act", { type: "searchRegister", ...wrong });
    await callFrom(clerk, "GET", "documents.get", { caseId: "鵺鳥", kind: "application" });
    await makeKey(counter, { dateOfBirth: "S060228", kana: "ぬえとり", password });
    await issue(counter);
    await handOver(counter);
    papers = await fetchPapers(clerk);
    await nextPerson(counter);
    await clerk.reload();
    answers = await ear.heard();
  } finally {
    await counter.close();
  }
}

async function lookUpAndWithdraw(clerk: Parameters<typeof callFrom>[0]): Promise<void> {
  // The case moves on by itself in between: what does not fit yet is asked again.
  const act = (action: object) =>
    vi.waitFor(
      async () => expect((await callFrom(clerk, "POST", "clerk.act", action)).body).toContain('"kind":"done"'),
      { timeout: 10_000, interval: 50 },
    );
  await act({ type: "startNew" });
  await act({ type: "searchRegister", dateOfBirth: "S050617", kana: "つぐみざわ" });
  await clerk.getByText("鶫沢").first().waitFor();
  await act({ type: "withdraw" });
  await act({ type: "nextPerson" });
  await clerk.getByRole("heading", { level: 1, name: "受付", exact: true }).waitFor();
}

async function fetchPapers(clerk: Parameters<typeof callFrom>[0]): Promise<readonly string[]> {
  const sql = sqlAs(stack.authority.cluster.url("ra_app", "mitome_ra"));
  const [delivery] = await sql<{ case_id: string }>`select case_id from ra.delivery`;
  await sql.end();
  const made: string[] = [];
  for (const kind of ["application", "certificateCopy", "receipt"]) {
    const { body } = await callFrom(clerk, "GET", "documents.get", { caseId: delivery?.case_id, kind });
    made.push(Buffer.from(JSON.parse(body).result.data.pdf, "base64").toString("latin1", 0, 5));
  }
  return made;
}

async function lookWhileRunning(): Promise<void> {
  const { cluster } = stack.authority;
  const programs = stack.processes.list();
  running = processesUnder([...programs.map(({ pid }) => pid), cluster.pid]);
  passwordInMemory = searchMemory(
    programs.filter(({ name }) => ["kiosk", "authority", "agent"].includes(name)),
    spell([{ what: "the resident's password", word: password }]).filter(({ how }) => how.startsWith("UTF")),
  );
  keyParts = readKeyParts();
  keyInMemory = searchMemory(
    programs.filter(({ name }) => ["kiosk", "authority", "agent"].includes(name)),
    keyParts,
  );
  const words = { people, strangers, secrets, queries };
  for (const kind of ["people", "strangers", "secrets", "queries"] as const) {
    const found = await Promise.all(
      ["mitome_ca", "mitome_ra"].map((database) => columnsHolding(cluster, database, words[kind])),
    );
    holding[kind] = found.flat();
  }
  const files = await Promise.all(["mitome_ca", "mitome_ra"].map((database) => filesOfTables(cluster, database)));
  tableOfFile = new Map(files.flatMap((map) => [...map]));
}

/** What makes the resident's private key, read from the memory of the card that stands in for a chip. */
function readKeyParts(): ReturnType<typeof spell> {
  const [card = ""] = filesBelow(place.state("cards"));
  const { signature } = JSON.parse(readFileSync(card, "utf8"));
  const der = Buffer.from(signature.key.privateKey, "base64");
  const jwk = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ format: "jwk" });
  return [jwk.d, jwk.p, jwk.q].flatMap((part) =>
    spellOctets("the resident's private key", Buffer.from(part ?? "", "base64url")),
  );
}

function searchMemory(
  programs: readonly { readonly name: string; readonly pid: number }[],
  words: ReturnType<typeof spell>,
): MemorySearch {
  const found: string[] = [];
  let regions = 0;
  try {
    for (const { name, pid } of programs)
      for (const region of memoryOf(pid)) {
        regions += 1;
        found.push(...findIn(`the memory of ${name}`, region, words));
      }
  } catch {
    return "forbidden";
  }
  return { regions, found };
}

describe("the search for canaries", () => {
  it("finds a word in every spelling it looks for, wherever it begins", () => {
    const spellings = spell(all);
    for (const { canary, how, bytes } of spellings) {
      const planted = Buffer.concat([Buffer.from("abc"), bytes, Buffer.from("xyz")]);
      expect(findIn("here", planted, spellings)).toContain(`${canary.what} as ${how} in here`);
    }
    for (const offset of ["", "a", "ab"]) {
      const inside = Buffer.from(Buffer.from(`${offset}鵺鳥 and more`).toString("base64"));
      expect(findIn("here", inside, spellings)).toContain("the applicant's name as base64 in here");
    }
  });

  it("finds a word planted in a file", () => {
    const planted = mkdtempSync(join(tmpdir(), "mtc-planted-"));
    writeFileSync(join(planted, "log"), `{"msg":"${password}"}`);
    expect(findBelow(planted, spell(all))).toEqual([`the resident's password as UTF-8 in ${join(planted, "log")}`]);
    rmSync(planted, { recursive: true });
  });

  it("finds a word in the memory of a process", () => {
    const planted = Buffer.from(`${password}!`, "utf16le");
    const words = spell([{ what: "it", word: password }]).filter(({ how }) => how === "UTF-16");
    const found = [...memoryOf(process.pid)].flatMap((region) => findIn("memory", region, words));
    expect(planted.length).toBe(22);
    expect(found.length).toBeGreaterThan(0);
  });

  it("followed a whole issuance: three papers, pages and refusals were seen", () => {
    expect(papers).toEqual(["%PDF-", "%PDF-", "%PDF-"]);
    expect(answers.filter(({ kind }) => kind === "page").length).toBeGreaterThanOrEqual(3);
    expect(answers.filter(({ kind }) => kind === "error").length).toBeGreaterThanOrEqual(3);
    expect(holding.people).toContain("ca.certificate_content.certificate");
  });
});

describe("security.md §5: where personal data and passwords are not", () => {
  it("[C-2-1-3.12] in no log of any program", () => {
    const logs = place.state("log");
    expect(namesIn(logs)).toEqual(
      expect.arrayContaining(["agent.log", "authority.log", "kiosk.log", "reader.log", "responder.log"]),
    );
    expect(findBelow(logs, spell(all))).toEqual([]);
  });

  it("in PostgreSQL's log, though statements with them failed", () => {
    expect(postgresLog).toContain("duplicate key");
    expect(postgresLog).toContain("check constraint");
    expect(findIn("PostgreSQL's log", Buffer.from(postgresLog), spell(all))).toEqual([]);
  });

  it("[C-2-1-3.12] in no table but those that must hold the applicant", () => {
    expect(holding.people).toEqual(mustHold);
  });

  it("in no table but the register, of one who was only looked up", () => {
    expect(holding.strangers).toEqual(register);
  });

  it("what a verifier asked in no table but the records of what was given, whether he was answered or not", () => {
    expect(holding.queries).toEqual(mayHoldQueries);
  });

  it("a password in no table", () => {
    expect(holding.secrets).toEqual([]);
  });

  it("in no file of PostgreSQL but those tables' own", () => {
    const data = place.state("postgres", "data");
    for (const [columns, words] of [
      [mustHold, [...people, ...strangers]],
      [mayHoldQueries, queries],
    ] as const) {
      const tables = new Set([...columns.map((column) => column.replace(/\.\w+$/, "")), SAMPLES]);
      const found = filesBelow(data).flatMap((path) => {
        const file = relative(data, path);
        const table = tableOfFile.get(file.replace(/(_vm|_fsm)?(\.\d+)?$/, ""));
        if (CHANGES.test(file) || (table !== undefined && tables.has(table))) return [];
        return findIn(`${file} (${table ?? "no table"})`, readFileSync(path), spell(words));
      });
      expect(found).toEqual([]);
      expect([...tableOfFile.values()]).toEqual(expect.arrayContaining([...tables]));
    }
  });

  it("a password in no file of the whole run", () => {
    expect(findBelow(temporary, spell(secrets))).toEqual([]);
  });

  it("in no journal, configuration or other file of a program; the card has the certificate", () => {
    const elsewhere = [place.state("postgres"), place.state("cards")];
    const files = filesBelow(temporary).filter((path) => !elsewhere.some((directory) => path.startsWith(directory)));
    expect(files).toEqual(expect.arrayContaining([place.state("signer.journal"), place.state("agent.journal")]));
    const found = files.flatMap((path) => findIn(relative(place.stateDir, path), readFileSync(path), spell(all)));
    expect(found).toEqual([]);
  });

  it("in no error that the server answered", () => {
    for (const { kind, url, body } of answers) if (kind === "error") expect(findIn(url, body, spell(all))).toEqual([]);
  });

  it("in no page nor server-component payload", () => {
    for (const { kind, url, body } of answers) if (kind === "page") expect(findIn(url, body, spell(all))).toEqual([]);
  });

  it("in nothing that Next wrote while it served the pages", () => {
    const written = filesBelow(join(root, "apps/kiosk/.next")).filter((path) => statSync(path).mtimeMs >= begun);
    expect(written.flatMap((path) => findIn(path, readFileSync(path), spell(all)))).toEqual([]);
  });

  it("in no folder of Chromium, of which nothing is left at all", () => {
    expect(namesIn(temporary)).toEqual([`${basename(place.runDir)}/`]);
    expect(namesIn(place.runDir).filter((name) => !SOCKETS.includes(name))).toEqual(["state/"]);
  });

  it("in no program's command line or environment", () => {
    expect(running.length).toBeGreaterThan(12);
    for (const { pid, commandLine, environment } of running) {
      expect(findIn(`the command line of ${pid}`, commandLine, spell(all))).toEqual([]);
      expect(findIn(`the environment of ${pid}`, environment, spell(all))).toEqual([]);
    }
  });

  it("in no core dump: no program may write one", () => {
    expect(new Set(running.map(({ coreLimit }) => coreLimit))).toEqual(new Set(["0 0"]));
    expect(filesBelow(temporary).filter((path) => /^core(\.\d+)?$/.test(basename(path)))).toEqual([]);
  });

  it("in no log of pcscd, which is never asked to write down commands", () => {
    const pcscd = running.filter(({ commandLine }) => commandLine.toString().startsWith("/usr/sbin/pcscd"));
    expect(pcscd.length).toBeGreaterThan(0);
    for (const { commandLine } of pcscd)
      expect(commandLine.toString().split("\0")).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(-a|--apdu)/)]),
      );
    expect(findIn("pcscd's log", readFileSync(place.socket("pcsc/pcscd.log")), spell(all))).toEqual([]);
  });

  it("[C-2-1-3.12] the password not in the memory of the counter's server, the authority's or the agent", ({
    skip,
  }) => {
    if (passwordInMemory === "forbidden") return skip("another process's memory may be read by root alone");
    expect(passwordInMemory.regions).toBeGreaterThan(100);
    expect(passwordInMemory.found).toEqual([]);
  });
});

describe("千葉県運用規程 6-2-2-3: the resident's private key", () => {
  it("[C-6-2-2-3.1] is in no file but the card's own", () => {
    const [card = "", ...others] = filesBelow(place.state("cards"));
    expect(others).toEqual([]);
    expect(findIn("the card", readFileSync(card), keyParts).length).toBeGreaterThan(0);
    const files = filesBelow(temporary).filter((path) => path !== card);
    expect(files.flatMap((path) => findIn(path, readFileSync(path), keyParts))).toEqual([]);
  });

  it("[C-6-2-2-3.1] is not in the memory of the agent, the counter's server or the authority's", ({ skip }) => {
    if (keyInMemory === "forbidden") return skip("another process's memory may be read by root alone");
    expect(keyInMemory.regions).toBeGreaterThan(100);
    expect(keyInMemory.found).toEqual([]);
  });
});
