import { execFileSync } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { chibaAuthority } from "@mitome/ca";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { InterruptedCounter } from "./interrupted-counter.fixture.ts";
import { runProgram } from "./programs.ts";
import { type CardContent, readWithOpensc, signWithOpensc, verifyWithOpenssl } from "./verify-card.ts";
import {
  askAsNobody,
  askStatus,
  fetchList,
  readListAsNobody,
  revokeAtCounter,
  verifyAgainstList,
} from "./verify-status.ts";

/** As the status page's JSON says it. */
interface List {
  readonly kind: string;
  readonly municipality: { readonly code: string } | null;
  readonly number: number;
}

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

  it("[C-1-3-1.14] [C-2-1-2.11] [C-2-1-9.1] [C-4-4-4-4.3] a list issued on order is in the repository, and OpenSSL finds the certificate on it", async () => {
    const list = await fetchList(counter.stack, content);
    await verifyAgainstList(content, list);
    const text = execFileSync("openssl", ["crl", "-in", list, "-noout", "-text"], { encoding: "utf8" });
    expect(text).toContain("Cessation Of Operation");
  });

  it("[C-2-6-3.2] [C-2-8-3.2] nobody else sees that there is a list of subscriber certificates", async () => {
    await readListAsNobody(counter.stack);
  });
});

describe("what anyone sees on the public site of the running system", () => {
  const fetched = async (path: string) => await fetch(counter.stack.status.siteUrl + path);

  it("[C-2-6-2.1] [C-4-4-4-4.2] [C-4-4-9.1] every municipality has a list of its own, for 72 hours, the next in 24", async () => {
    const { partitions } = JSON.parse(await (await fetched("/status.json")).text());
    const ofMunicipalities = partitions.filter(({ kind }: { kind: string }) => kind === "subscriber");
    expect(ofMunicipalities).toHaveLength(chibaAuthority.municipalities.length);
    for (const { state, thisUpdate, nextUpdate, nextPublish } of partitions) {
      const hours = [nextUpdate, nextPublish].map((end) => (Date.parse(end) - Date.parse(thisUpdate)) / 3_600_000);
      expect([state, ...hours]).toEqual(["fresh", 72, 24]);
    }
  });

  it("[C-2-1-9.1] [C-2-6-2.1] every service is there and every copy by LDAP and HTTP is the newest, as the prober finds from outside", async () => {
    const states = async () => {
      const { services } = JSON.parse(await (await fetched("/status.json")).text());
      return services.map(({ service, state }: Record<string, string>) => `${service} ${state}`);
    };
    const right = ["http available", "ldap available", "ocsp available"];
    await expect.poll(states, { timeout: 90_000, interval: 1_000 }).toEqual(right);
  }, 100_000);

  it("[C-4-4-9.2] on the governor's order every list is issued at once, the ARL too, though its day has not come", async () => {
    const numbers = async (): Promise<ReadonlyMap<string, number>> => {
      const { partitions } = JSON.parse(await (await fetched("/status.json")).text());
      return new Map(partitions.map((one: List) => [one.municipality?.code ?? one.kind, one.number]));
    };
    const before = await numbers();
    expect([...before.keys()]).toEqual(expect.arrayContaining(["authority", "operational", "121002"]));
    await runProgram("apps/ca/src/issue-lists.ts", counter.stack.authority.operatorConfig, "all");
    // The site may not have heard yet of a list that was made before.
    const notYet = async () => {
      const after = await numbers();
      return [...before].flatMap(([partition, number]) => ((after.get(partition) ?? 0) > number ? [] : [partition]));
    };
    await expect.poll(notYet, { timeout: 10_000 }).toEqual([]);
  }, 60_000);

  it("[C-2-6-1.2] [C-2-6-3.1] [C-6-1-1-6.1] the governor's certificate is there, signed by himself, with the fingerprint of the one on the card", async () => {
    const page = await (await fetched("/certificates")).text();
    const said = execFileSync("openssl", ["x509", "-in", content.authority, "-noout", "-fingerprint", "-sha256"]);
    const onCard = String(said).trim().split("=")[1]?.replaceAll(":", "") ?? expect.fail("no fingerprint");
    expect(page.replaceAll(/<[^>]*>|\s/g, "")).toContain(onCard);
    const [, path = ""] = /href="([^"]+\.cer)"/.exec(page) ?? [];
    const certificate = new X509Certificate(Buffer.from(await (await fetched(path)).arrayBuffer()));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.subject).toContain("CN=The Governor of Chiba Prefecture");
  });
});
