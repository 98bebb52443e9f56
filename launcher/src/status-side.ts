import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  agreementTerms,
  bindNameOf,
  chibaAuthority,
  type Verifier,
  type VerifierClass,
  verifierRights,
} from "@mitome/ca";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { hashBindPassword, setVerifierBind, verifierName } from "@mitome/directory";
import { formatDn } from "@mitome/x509";
import type { AuthoritySide } from "./authority-side.ts";
import { type MachineFiles, machineFiles } from "./counter-side.ts";
import type { DirectorySide } from "./directory-side.ts";
import type { StackPlace } from "./place.ts";
import { root } from "./places.ts";
import type { Processes } from "./processes.ts";
import { program, runProgram, writeConfig } from "./programs.ts";
import { must } from "./run-command.ts";

/** Ports on which the responder answers. */
export interface ResponderPorts {
  /** Verifiers by their client certificates. */
  readonly responder: number;
  /** Signed requests. */
  readonly responderPlain: number;
  /** Anyone: public pages, certificates and lists. */
  readonly site: number;
}

/** A verifier of the demonstration, with what it needs to ask. */
export interface DemoVerifier {
  readonly id: string;
  readonly files: MachineFiles;
  readonly bindName: string;
  readonly passwordFile: string;
}

/** Where verifiers ask, and one that is registered. */
export interface StatusSide {
  /** `https://localhost:…` and `http://127.0.0.1:…`, each with `/ocsp`. */
  readonly responderUrl: string;
  readonly plainResponderUrl: string;
  /** The public pages. */
  readonly siteUrl: string;
  readonly verifier: DemoVerifier;
}

const generation = 1;

/** Certifies the responder's key, registers a verifier and starts the responder. */
export async function startStatus(
  place: StackPlace,
  processes: Processes,
  authority: AuthoritySide,
  directory: Pick<DirectorySide, "url" | "meter" | "registrar">,
  ports: ResponderPorts,
): Promise<StatusSide> {
  const urls = {
    responderUrl: `https://localhost:${ports.responder}`,
    plainResponderUrl: `http://127.0.0.1:${ports.responderPlain}`,
    siteUrl: `http://127.0.0.1:${ports.site}`,
  };
  const verifier = await registerVerifier(place, authority, demoCourt);
  const server = machineFiles(place, "responder");
  if (!existsSync(server.cert)) await enrolResponder(authority, server);
  const spool = place.state("access-spool");
  await mkdir(spool, { recursive: true, mode: 0o700 });
  const config = await writeConfig(place, "responder", {
    ledger: { url: authority.cluster.url("ca_responder", "mitome_ca") },
    answering: {
      listeners: [
        { kind: "https", host: "127.0.0.1", port: ports.responder, certificate: server.cert, key: server.key },
        { kind: "http", host: "127.0.0.1", port: ports.responderPlain },
      ],
      generations: [await delegate(place, authority)],
      spool,
    },
    repository: {
      authority: chibaAuthority.id,
      listeners: [{ kind: "http", host: "127.0.0.1", port: ports.site }],
      origin: urls.siteUrl,
      addresses: { http: urls.siteUrl, ldap: directory.url, ocsp: `${urls.responderUrl}/ocsp` },
      texts: {
        statement: join(root, "apps/responder/pages/data/chiba-statement.json"),
        publication: join(root, "apps/responder/pages/data/chiba-publication.json"),
      },
      meter: { url: directory.url, passwordFile: directory.meter.passwordFile },
      prober: {
        record: place.state("availability.json"),
        trustFile: server.ca,
        verifier: { url: directory.url, ...(await proberBind(place, directory)) },
      },
    },
  });
  await processes.start(program(place, "responder", "apps/responder/src/main.ts", config));
  return { ...urls, verifier };
}

/** The prober sees what verifiers see, and is none of them: what it reads is nobody's use. */
async function proberBind(place: StackPlace, { registrar }: Pick<DirectorySide, "registrar">) {
  const passwordFile = place.state("prober.password");
  const password = randomBytes(18).toString("base64url");
  await writeFile(passwordFile, password, { mode: 0o600 });
  const bindName = "prober";
  await setVerifierBind(registrar, chibaAuthority, bindName, await hashBindPassword(password));
  return { bindName, passwordFile };
}

async function enrolResponder(authority: AuthoritySide, files: MachineFiles): Promise<void> {
  const { code } = await runProgram("apps/ca/src/enrol.ts", authority.operatorConfig, "responder", "-", "responder-1");
  const machine = await enrolMachine(authority.enrolmentUrl, String(code));
  await writeFile(files.key, machine.key, { mode: 0o600 });
  await writeFile(files.cert, machine.certificate);
}

/** The OCSP key and its certificate by the authority's key. */
async function delegate(place: StackPlace, authority: AuthoritySide) {
  const [key, request, certificate] = ["key", "request", "cert"].map((part) => place.state(`ocsp-1.${part}.pem`));
  const issuer = place.state("governor-1.pem");
  if (!existsSync(certificate ?? "")) {
    await makeRequest(String(key), String(request), ["rsa:2048"]);
    const files = [String(request), String(certificate), issuer];
    await runProgram("apps/ca/src/certify-responder.ts", authority.operatorConfig, ...files);
  }
  return {
    ...{ authority: chibaAuthority.id, generation, issuerCertificate: issuer },
    ...{ responderCertificate: certificate, responderKey: key },
  };
}

/** A 署名検証者 as it notifies itself. */
type VerifierToRegister = Pick<Verifier, "id" | "name" | "address"> & { readonly class: VerifierClass<"verifier"> };

const demoCourt: VerifierToRegister = {
  id: "chiba-court",
  class: "court",
  name: "千葉地方裁判所（架空）",
  address: "千葉県千葉市中央区中央１－１",
};

/** 千葉県運用規程 1-3-1(9), 4-4-4-3: a verifier that has notified itself, agreed, and been granted everything. */
export async function registerVerifier(
  place: StackPlace,
  authority: AuthoritySide,
  notified: VerifierToRegister,
): Promise<DemoVerifier> {
  const { id } = notified;
  const files = machineFiles(place, `verifier-${id}`);
  const passwordFile = place.state(`verifier-${id}.password`);
  const verifier = { id, files, bindName: formatDn(verifierName(chibaAuthority, bindNameOf({ id }))), passwordFile };
  if (existsSync(files.cert)) return verifier;
  const registration = await writeConfig(place, `verifier-${id}`, {
    ...{ ...notified, kind: "verifier" },
    contacts: [{ department: "訟廷", person: "検証係", telephone: "000-000-0000", email: "verifier@example.jp" }],
  });
  const { operatorConfig } = authority;
  await runProgram("apps/ca/src/register-verifier.ts", operatorConfig, registration);
  const terms = agreementTerms.at(-1)?.version ?? "";
  const rights = verifierRights.map((right) => `rightGranted=${right}`);
  const facts = ["notified", `agreed=${terms}`, ...rights, "started"].join();
  await runProgram("apps/ca/src/verifier-facts.ts", operatorConfig, id, facts);
  const request = place.state(`verifier-${id}.request.pem`);
  await makeRequest(files.key, request, ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
  await runProgram("apps/ca/src/certify-verifier.ts", operatorConfig, id, request, files.cert);
  await writeFile(passwordFile, randomBytes(18).toString("base64url"), { mode: 0o600 });
  await runProgram("apps/ca/src/verifier-bind.ts", operatorConfig, id, passwordFile);
  return verifier;
}

async function makeRequest(key: string, request: string, algorithm: readonly string[]): Promise<void> {
  const files = ["-keyout", key, "-out", request, "-subj", "/CN=request"];
  await must("openssl", ["req", "-new", "-nodes", "-newkey", ...algorithm, ...files]);
}
