import { cp } from "node:fs/promises";
import { join } from "node:path";
import {
  handOver,
  issue,
  logIn,
  makeKey,
  nextPerson,
  openCounter,
  photograph,
  proveIdentity,
} from "./browser-counter.ts";
import { samplePassword } from "./counter-side.ts";
import { makePlace } from "./place.ts";
import { root } from "./places.ts";
import { CannotGoOn, say, step } from "./say.ts";
import { type Stack, startStack } from "./stack.ts";
import { type CardContent, readWithOpensc, signWithOpensc, verifyWithOpenssl } from "./verify-card.ts";
import {
  askAsNobody,
  askStatus,
  fetchList,
  readListAsNobody,
  revokeAtCounter,
  verifyAgainstList,
} from "./verify-status.ts";

/** The demonstration's applicant, 山田 花子, and the cards and residents that one run needs. */
const APPLICANT = { dateOfBirth: "S390107", kana: "やまだ" };
const RESIDENTS = 2_000;

/**
 * Issues one certificate on a stack of its own: through the real pages in headless Chromium, onto the card, and then has
 * OpenSC and OpenSSL check what is on the card. Its last line is `issued serial=<hex> verified=openssl,opensc`.
 */
export async function issueOnce(): Promise<number> {
  const place = await makePlace();
  try {
    const stack = await startStack(place, { ports: "free", residents: RESIDENTS, pages: true, cards: 2 });
    const stopOnSignal = (): void => void stack.stop().then(() => process.exit(1));
    process.once("SIGINT", stopOnSignal).once("SIGTERM", stopOnSignal);
    try {
      const serial = await issueThroughPages(stack);
      say(`issued serial=${serial} verified=openssl,opensc`);
    } finally {
      await stack.stop();
    }
    return 0;
  } finally {
    await place.clear();
  }
}

async function issueThroughPages(stack: Stack): Promise<string> {
  const applicant = { ...APPLICANT, password: samplePassword() };
  const counter = await step("two screens opened in Chromium and enrolled", () =>
    openCounter(stack.kioskUrl, stack.access),
  );
  try {
    await step("clerk logged in with ID and password (5-1-2-2)", () => logIn(counter, stack.access));
    await step("register, four items and identity document checked (3-1-9)", () => proveIdentity(counter, applicant));
    await step("resident set the password; the key was made on the card (6-1-2, 6-4-2)", () =>
      makeKey(counter, applicant),
    );
    await step("certificate signed in the HSM, written to the card and read back (4-2-1, 4-3-1)", () => issue(counter));
    await step("notices read, fee taken, copy and card handed over (4-3)", () => handOver(counter));
    await step("both screens cleared for the next person", () => nextPerson(counter));
  } catch (problem) {
    const kept = join(root, ".mitome/stopped-run");
    await cp(stack.place.state("log"), join(kept, "log"), { recursive: true, force: true });
    await photograph(counter, kept);
    throw new CannotGoOn(
      problem instanceof Error ? (problem.message.split("\n", 1)[0] ?? "") : "The run stopped.",
      `Pictures of both screens and the programs' logs: ${kept}`,
    );
  } finally {
    await counter.close();
  }
  const card = { pcscSocket: stack.pcscSocket, password: applicant.password };
  const content = await step("OpenSC reads both certificates from the card", () => readWithOpensc(stack.place, card));
  await step("OpenSSL verifies the chain and finds every field of the profile", () => verifyWithOpenssl(content));
  await step("OpenSC signs with the password and OpenSSL verifies it", () =>
    signWithOpensc(stack.place, card, content),
  );
  await followStatus(stack, content);
  return content.serial;
}

/** What verifiers hear of the certificate, before and after its holder has it revoked. */
async function followStatus(stack: Stack, content: CardContent): Promise<void> {
  await step("OCSP: the certificate is good, for a registered verifier (4-4-4-2)", () =>
    askStatus(stack, content, ": good"),
  );
  await step("OCSP: nobody else is answered (4-4-4-3)", () => askAsNobody(stack, content));
  await step("revoked at its holder's wish (4-4-2)", () => revokeAtCounter(stack, content.serial));
  await step("OCSP: revoked, cessationOfOperation (4-4-4-2)", async () => {
    await askStatus(stack, content, ": revoked");
    await askStatus(stack, content, "Reason: cessationOfOperation");
  });
  const list = await step("LDAP: a registered verifier reads the municipality's list (4-4-4-4)", () =>
    fetchList(stack, content),
  );
  await step("OpenSSL finds the certificate on it, revoked", () => verifyAgainstList(content, list));
  await step("LDAP: nobody else sees that list (2-6-3)", () => readListAsNobody(stack));
}
