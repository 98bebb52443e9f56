import { X509Certificate } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { z } from "zod";
import type { MachineFiles } from "../../launcher/src/counter-side.ts";
import { freePort } from "../../launcher/src/place.ts";
import { program, writeConfig } from "../../launcher/src/programs.ts";
import { type DemoVerifier, registerVerifier, startStatus } from "../../launcher/src/status-side.ts";
import { type AuthorityRun, startAuthorityRun } from "./authority-run.ts";

/** An authority with its directory, and responders that share one port, at work for verifiers that are registered. */
export interface BurstRun {
  readonly authority: AuthorityRun;
  /** Where the responders listen, by TLS. */
  readonly port: number;
  /** Certificates in DER: of the authority's key that issues, and of the responders' delegated one. */
  readonly issuer: Uint8Array;
  readonly responder: Uint8Array;
  readonly verifiers: readonly DemoVerifier[];
}

const own = z.object({
  ledger: z.looseObject({}),
  answering: z.looseObject({ listeners: z.array(z.looseObject({ kind: z.string() })) }),
  repository: z.looseObject({}),
});

/** Starts it all; the authority's `stop` ends it. */
export async function startBurstRun(municipalities: number, responders: number): Promise<BurstRun> {
  const authority = await startAuthorityRun(municipalities, "toDirectory");
  try {
    const { place, processes, side, directory } = authority;
    if (directory === undefined) throw new Error("no directory");
    const ports = { responder: await freePort(), responderPlain: await freePort(), site: await freePort() };
    const { verifier } = await startStatus(place, processes, side, directory, ports);
    await processes.stop("responder");
    const more = [
      { id: "tax-office", class: "administrativeOrgan", name: "税務署（架空）", address: "千葉県千葉市中央区" },
      { id: "certifier", class: "accreditedCertifier", name: "認証事業者（架空）", address: "千葉県船橋市" },
    ] as const;
    const verifiers = [verifier];
    for (const notified of more) verifiers.push(await registerVerifier(place, side, notified));
    for (let number = 1; number <= responders; number += 1) await startResponder(authority, number);
    return {
      ...{ authority, verifiers, port: ports.responder },
      issuer: await certificateIn(place.state("governor-1.pem")),
      responder: await certificateIn(place.state("ocsp-1.cert.pem")),
    };
  } catch (problem) {
    await authority.stop();
    throw problem;
  }
}

/** One of the responders, as the demonstration configures its own, but on a port that the others have too. */
async function startResponder({ place, processes }: AuthorityRun, number: number): Promise<void> {
  const { answering, repository, ledger } = own.parse(
    JSON.parse(await readFile(place.state("responder.config.json"), "utf8")),
  );
  const name = `responder-${number}`;
  const spool = place.state(`access-spool-${number}`);
  await mkdir(spool, { mode: 0o700 });
  const listeners = answering.listeners.filter(({ kind }) => kind === "https");
  const site = { kind: "http", host: "127.0.0.1", port: await freePort() };
  const config = await writeConfig(place, name, {
    ledger,
    answering: { ...answering, spool, listeners: listeners.map((listener) => ({ ...listener, shared: true })) },
    // One process that looks at what is published is enough.
    repository: { ...repository, listeners: [site], ...(number > 1 && { prober: undefined }) },
  });
  await processes.start(program(place, name, "apps/responder/src/main.ts", config));
}

/** How a verifier connects: PEM. */
export async function identityOf({ ca, cert, key }: MachineFiles) {
  const [root, certificate, privateKey] = await Promise.all([ca, cert, key].map((file) => readFile(file, "utf8")));
  return { ca: root ?? "", cert: certificate ?? "", key: privateKey ?? "" };
}

async function certificateIn(file: string): Promise<Uint8Array> {
  return new X509Certificate(await readFile(file)).raw;
}
