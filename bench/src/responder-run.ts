import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Certificate, parseCertificate } from "@mitome/x509";
import {
  type AuthoritySide,
  type Database,
  holdCeremonies,
  startAuthority,
  startDatabase,
  startSigners,
} from "../../launcher/src/authority-side.ts";
import { MUNICIPALITY } from "../../launcher/src/counter-side.ts";
import { startDirectory } from "../../launcher/src/directory-side.ts";
import { freePort, makePlace, type StackPlace } from "../../launcher/src/place.ts";
import { Processes } from "../../launcher/src/processes.ts";
import { program, writeConfig } from "../../launcher/src/programs.ts";
import { startStatus } from "../../launcher/src/status-side.ts";
import type { HttpPlace } from "./http-load.ts";

/** Responders at work on a ledger of their own, which a registered verifier asks as through the proxy that ends TLS. */
export interface ResponderRun {
  readonly place: StackPlace;
  readonly authority: AuthoritySide;
  readonly database: Database;
  /** The certificate of the authority whose certificates are asked about. */
  readonly issuer: Certificate;
  readonly responderKey: string;
  readonly responderCertificate: string;
  readonly issuerCertificate: string;
  readonly responders: readonly { readonly pid: number; readonly place: HttpPlace }[];
  /** What the proxy says of the verifier, beside the request. */
  readonly headers: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts the demonstration's authority without a counter, and so many responders behind a proxy's Unix sockets. */
export async function startResponderRun(responders: number): Promise<ResponderRun> {
  const place = await makePlace();
  const processes = new Processes();
  const ends = [() => place.clear()];
  const stop = async (): Promise<void> => {
    for (const end of ends.toReversed()) await end();
  };
  try {
    const database = await startDatabase(place);
    ends.push(
      () => database.stop(),
      () => processes.stopAll(),
    );
    const { softhsmConf } = await holdCeremonies(place);
    const sockets = await startSigners(place, processes, database, softhsmConf);
    const directory = await startDirectory(place, await freePort());
    ends.push(() => directory.stop());
    const ports = { authority: await freePort(), enrolment: await freePort() };
    const stock = { municipality: MUNICIPALITY, cardNumbers: ["LOAD000000000000"] };
    const stack = { directory, cluster: database, softhsmConf, sockets, ports, stock };
    const authority = await startAuthority(place, processes, stack);
    const own = { responder: await freePort(), responderPlain: await freePort(), site: await freePort() };
    const { verifier } = await startStatus(place, processes, authority, directory, own);
    await processes.stop("responder");
    const client = new X509Certificate(await readFile(verifier.files.cert)).raw.toString("base64");
    return {
      ...{ place, authority, database, stop },
      issuer: parseCertificate(new X509Certificate(await readFile(place.state("governor-1.pem"))).raw),
      issuerCertificate: place.state("governor-1.pem"),
      responderKey: place.state("ocsp-1.key.pem"),
      responderCertificate: place.state("ocsp-1.cert.pem"),
      responders: await Promise.all(
        Array.from({ length: responders }, (_, index) => startResponder(place, processes, index + 1)),
      ),
      headers: { "content-type": "application/ocsp-request", "mitome-client-certificate": client },
    };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

/** One more responder as the demonstration configures it, but behind a proxy. */
async function startResponder(place: StackPlace, processes: Processes, number: number) {
  const { ledger, answering: demonstration } = JSON.parse(await readFile(place.state("responder.config.json"), "utf8"));
  const socket = place.socket(`responder-${number}`);
  const answering = {
    ...demonstration,
    ...{ listeners: [{ kind: "behindProxy", socket }], spool: place.state(`access-spool-${number}`) },
  };
  const config = await writeConfig(place, `responder-${number}`, { ledger, answering });
  const { pid } = await processes.start(program(place, `responder-${number}`, "apps/responder/src/main.ts", config));
  return { pid, place: { path: socket } };
}
