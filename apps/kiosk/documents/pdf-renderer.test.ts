import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DocumentModel, type Notice, notices, terms } from "@mitome/ra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath } from "../gallery/browser.ts";
import { openPdfRenderer, type PdfRenderer } from "./pdf-renderer.ts";

const person = {
  name: "渡邉　美咲<b>",
  furigana: "わたなべ　みさき",
  alias: null,
  address: "千葉県千葉市中央区千葉港一丁目２３番４－５０６号",
  dateOfBirth: "昭和64年1月7日",
  gender: { ja: "女", en: "Female" },
};
const caseId = "0192f3a4-5b6c-7d8e-9f00-112233445566";
const municipality = "千葉市";
const application: DocumentModel = {
  kind: "application",
  municipality,
  caseId,
  date: "2026-11-22",
  person,
  substitutions: { name: "0100000", alias: null, address: "0" },
  terms,
};
const copy: DocumentModel = {
  kind: "certificateCopy",
  municipality,
  person,
  notices,
  certificate: {
    serial: "7c0de5a19f3b44d2a86e01f2c3d4e5f6",
    notBefore: "2026-11-22T02:15:00.000Z",
    notAfter: "2029-11-21T14:59:59.000Z",
    issuer: "C=JP, O=Chiba Prefecture, CN=The Governor of Chiba Prefecture",
  },
};
const receipt: DocumentModel = {
  kind: "receipt",
  municipality,
  caseId,
  payer: person.name,
  yen: 500,
  receivedOn: "2026-11-22",
};

let directory: string;
let renderer: PdfRenderer;
const files: Record<string, string> = {};

const run = (command: string, args: readonly string[], environment: Record<string, string> = {}) =>
  execFileSync(command, args, { env: { ...process.env, ...environment }, maxBuffer: 1 << 28 });
const textOf = (kind: DocumentModel["kind"]) =>
  run("pdftotext", ["-layout", files[kind] ?? "", "-"])
    .toString()
    .normalize("NFKC")
    .replaceAll(/\s+/g, "");
const plain = (text: string) => text.normalize("NFKC").replaceAll(/\s+/g, "");

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "papers-"));
  renderer = await openPdfRenderer({ chromium: chromiumPath(), temporaryDirectory: directory });
  for (const document of [application, copy, receipt]) {
    const file = join(directory, `${document.kind}.pdf`);
    writeFileSync(file, await renderer.renderPdf(document));
    files[document.kind] = file;
  }
});
afterAll(async () => {
  await renderer?.close();
  rmSync(directory, { recursive: true, force: true });
});

describe("every paper", () => {
  it.each(["application", "certificateCopy", "receipt"] as const)(
    "%s is a tagged A4 with a title and no Type 3 font",
    (kind) => {
      const facts = run("pdfinfo", [files[kind] ?? ""]).toString();
      expect(facts).toMatch(/Tagged:\s+yes/);
      expect(facts).toMatch(/Page size:\s+59[45](\.\d+)? x 84[12](\.\d+)? pts \(A4\)/);
      expect(facts).toMatch(/Title:\s+\S/);
      const fonts = run("pdffonts", [files[kind] ?? ""])
        .toString()
        .trim()
        .split("\n")
        .slice(2);
      expect(fonts.length).toBeGreaterThan(0);
      for (const font of fonts) {
        expect(font).not.toContain("Type 3");
        expect(font).toMatch(/NotoSansJP/);
      }
      expect(run("pdfinfo", ["-struct", files[kind] ?? ""]).toString()).toMatch(/H1/);
    },
  );

  it("looks the same on a machine without any font", () => {
    const empty = join(directory, "no-fonts.conf");
    writeFileSync(empty, '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>');
    for (const file of Object.values(files)) {
      const usual = run("pdftoppm", ["-r", "60", file]);
      expect(run("pdftoppm", ["-r", "60", file], { FONTCONFIG_FILE: empty }).equals(usual)).toBe(true);
    }
  });

  it("shows what a name contains as text, never as markup", () => {
    expect(textOf("certificateCopy")).toContain(plain(person.name));
  });
});

describe("千葉県運用規程 4-1-2", () => {
  it("[C-4-1-2.1] the application form asks for exactly the fields of the rules", () => {
    const text = textOf("application");
    const fields = ["申請の年月日", "ふりがな", "氏名", "住所", "生年月日", "性別", "氏名の代替文字", "住所の代替文字"];
    for (const field of fields) expect(text, field).toContain(field);
    for (const value of ["令和8年11月22日", person.name, person.furigana, person.address, person.dateOfBirth, "女"])
      expect(text, value).toContain(plain(value));
    expect(text).toContain("2文字目「邉」");
    // 通称 stands only where the resident record carries one; nothing beyond the rules is asked.
    expect(text).not.toContain("通称");
    for (const other of ["電話", "職業", "メール", "代理人"]) expect(text, other).not.toContain(other);
  });

  it("[C-4-1-2.1] the form carries the alias and its substitute characters where there is one", async () => {
    const file = join(directory, "alias.pdf");
    const withAlias = {
      ...application,
      person: { ...person, alias: "原田　花" },
      substitutions: { name: "0", alias: "0001", address: "0" },
    };
    writeFileSync(file, await renderer.renderPdf(withAlias));
    const text = run("pdftotext", ["-layout", file, "-"]).toString().normalize("NFKC").replaceAll(/\s+/g, "");
    expect(text).toContain("通称原田花");
    expect(text).toContain("4文字目「花」");
  });
});

describe("千葉県運用規程 4-3", () => {
  it("[C-4-3-1.2] the printed copy carries the certificate's content", () => {
    const text = textOf("certificateCopy");
    for (const value of [
      "7C0DE5A19F3B44D2A86E01F2C3D4E5F6",
      person.address,
      person.dateOfBirth,
      "令和8年11月22日",
      "令和11年11月21日",
    ])
      expect(text, value).toContain(plain(value));
  });

  const stands = (id: string) => {
    const notice: Notice | undefined = notices.find((known) => known.id === id);
    expect(notice, id).toBeDefined();
    expect(textOf("certificateCopy")).toContain(plain(notice?.body.ja ?? id));
  };
  it("[C-4-3-2.1] the copy says that key, card and password are the subscriber's to keep strictly", () =>
    stands("strictCare"));
  it("[C-4-3-2.2] the copy says to report loss or theft and to apply for revocation", () => stands("reportLoss"));
  it("[C-2-1-3.9] the copy says the limits of use and the penalties", () => {
    stands("limitsOfUse");
    stands("penalties");
  });
});
