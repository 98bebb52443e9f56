import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InterruptedCounter } from "./interrupted-counter.fixture.ts";
import { type CardContent, readWithOpensc, signWithOpensc, verifyWithOpenssl } from "./verify-card.ts";
import {
  askAsNobody,
  askStatus,
  fetchList,
  readListAsNobody,
  revokeAtCounter,
  verifyAgainstList,
} from "./verify-status.ts";

let counter: InterruptedCounter;
let content: CardContent;
let password: string;

beforeAll(async () => {
  counter = await InterruptedCounter.open(1);
  const applicant = counter.applicant();
  await counter.play(applicant, {});
  password = applicant.visitor.password;
  content = await readWithOpensc(counter.stack.place, { pcscSocket: counter.stack.pcscSocket, password });
}, 240_000);

afterAll(async () => {
  await counter?.close();
});

describe("what a registered verifier hears of a certificate, with OpenSSL and ldapsearch", () => {
  it("[C-2-1-6.1] the signature made with the certificate's key verifies", async () => {
    await signWithOpensc(counter.stack.place, { pcscSocket: counter.stack.pcscSocket, password }, content);
  });

  it("[C-2-1-6.2] [C-2-1-2.11] the certificate is the governor's, and not revoked", async () => {
    await verifyWithOpenssl(content);
    await askStatus(counter.stack, content, ": good");
  });

  it("[C-4-4-4-3.1] nobody who has not notified himself is answered", async () => {
    await askAsNobody(counter.stack, content);
  });

  it("[C-4-4-4-2.1] after its holder's wish at the counter it is revoked, with the reason", async () => {
    await revokeAtCounter(counter.stack, content.serial);
    await askStatus(counter.stack, content, ": revoked");
    await askStatus(counter.stack, content, "Reason: cessationOfOperation");
  });

  it("[C-1-3-1.14] [C-2-1-9.1] [C-4-4-9.2] [C-4-4-4-4.3] a list issued at once is in the repository, and OpenSSL finds the certificate on it", async () => {
    const list = await fetchList(counter.stack, content);
    await verifyAgainstList(content, list);
    const text = execFileSync("openssl", ["crl", "-in", list, "-noout", "-text"], { encoding: "utf8" });
    expect(text).toContain("Cessation Of Operation");
  });

  it("[C-2-6-3.2] [C-2-8-3.2] nobody else sees that there is a list of subscriber certificates", async () => {
    await readListAsNobody(counter.stack);
  });
});
