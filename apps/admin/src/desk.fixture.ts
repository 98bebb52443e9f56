/** The desk in front of a whole authority: PostgreSQL, SoftHSM, slapd, responder and every program as they run. */
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { enrolMachine } from "@mitome/ca-api/enrol";
import { directoryTree, verifierName } from "@mitome/directory";
import {
  type RunningAuthority,
  type RunningProgram,
  startAuthority,
  startProgram,
} from "@mitome/testkit/running-authority";
import { startTestSlapd, type TestSlapd } from "@mitome/testkit/slapd";
import { type RoleSql, sqlAs } from "@mitome/testkit/sql";
import { formatDn } from "@mitome/x509";

const run = promisify(execFile);

/** What a browser, or somebody else, got. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Where the tests work. */
export interface DeskWorld {
  readonly authority: RunningAuthority;
  readonly directory: TestSlapd;
  /** `http://127.0.0.1:…` */
  readonly url: string;
  readonly owner: RoleSql;
  readonly desk: RunningProgram;
  readonly operators: RunningProgram;
  /** Asks the operators' listener for the registry as a machine enrolled as `desk` or `responder`; `nobody` when it hangs up. */
  listAs(machine: "desk" | "responder", operator: string | undefined): Promise<number | "nobody">;
  /** Sends a request to the desk as it stands. */
  send(method: string, path: string, headers: Readonly<Record<string, string>>, body?: string): Promise<Answer>;
  /** Makes a P-256 key, writes it, and answers a request for it. */
  makeRequest(name: string): Promise<{ readonly key: string; readonly request: string }>;
  /** Asks the responder over TLS as the holder of a certificate about a serial number nobody has: hexadecimal. */
  askResponder(certificate: string, key: string): Promise<string>;
  /** Status of a list of subscriber certificates over TLS. */
  fetchList(certificate: string, key: string): Promise<number>;
  /** Exit status of ldapsearch for a municipality's list, bound as a verifier. */
  ldapsearch(bindName: string, password: string): Promise<number>;
  stop(): Promise<void>;
}

/** Starts everything; some fifteen seconds. */
export async function startDeskWorld(operator: string): Promise<DeskWorld> {
  const authority = await startAuthority();
  const { definition, home, postgres } = authority;
  const at = (name: string) => join(home, name);
  const write = (name: string, value: unknown) => {
    writeFileSync(at(name), typeof value === "string" ? value : JSON.stringify(value), { mode: 0o600 });
    return at(name);
  };
  const directory = await startTestSlapd({ authorities: [definition] });
  const inDirectory = (service: "publisher" | "registrar") => ({
    url: directory.url,
    passwordFile: directory.slapd.access(definition, service).passwordFile,
  });
  await authority.restartCa({ directory: inDirectory("publisher") });
  const operatorConfig = JSON.parse(readFileSync(authority.configs.operator, "utf8"));
  const operators = await startProgram(
    "apps/ca/src/operators.ts",
    write("operators.json", {
      ...{ ...operatorConfig, database: postgres.url("ca_operator"), accessDatabase: postgres.url("access_reader") },
      ...{ directory: inDirectory("registrar"), listen: { host: "127.0.0.1", port: 0 } },
    }),
  );
  const enrolment = String(authority.programs.ca.ready.enrolment);
  const machine = { root: at("root.pem"), certificate: at("desk.pem"), key: at("desk.key") };
  const { code } = await authority.script("enrol", "operator-desk", "-", "desk-1");
  const asked = { authority: definition.id, municipality: "-", place: "desk-1" };
  const enrolling = write("enrol-desk.json", { ...machine, ...asked, url: enrolment, code });
  await run(process.execPath, [new URL("./enrol.ts", import.meta.url).pathname, enrolling]);
  const desk = await startProgram(
    "apps/admin/src/main.ts",
    write("desk.json", {
      ...{ listen: { host: "127.0.0.1", port: 0 }, operator },
      authority: { ...machine, url: String(operators.ready.listen) },
    }),
  );
  const responder = await startResponder(authority, enrolment, write);
  const url = String(desk.ready.listen);
  const responderUrl = responder.url;
  const owner = sqlAs(postgres.url("ca_owner"));
  return {
    ...{ authority, directory, url, owner, desk, operators },
    send: (method, path, headers, body) => send(url, method, path, headers, body),
    async makeRequest(name) {
      const [key, request] = [at(`${name}.key`), at(`${name}.csr`)];
      const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"];
      await run("openssl", ["req", "-new", "-nodes", ...curve, "-keyout", key, "-out", request, "-subj", "/CN=any"]);
      return { key: readFileSync(key, "utf8"), request: readFileSync(request, "utf8") };
    },
    async askResponder(certificate, key) {
      const question = at("question.der");
      await run("openssl", [
        ...["ocsp", "-issuer", at("governor.pem"), "-serial", "0x4a01", "-reqout", question, "-no_nonce"],
      ]);
      const headers = { "content-type": "application/ocsp-request" };
      const answer = await ask(responderUrl, "/ocsp", { certificate, key, headers, body: readFileSync(question) });
      return answer.body.toString("hex");
    },
    async fetchList(certificate, key) {
      return (await ask(responderUrl, "/crl/1/121002.crl", { certificate, key })).status;
    },
    async listAs(machine, operator) {
      const [certificate, key] = [`${machine}.pem`, `${machine}.key`].map((name) => readFileSync(at(name), "utf8"));
      const headers = operator === undefined ? {} : { "mitome-operator": operator };
      const question = { certificate: String(certificate), key: String(key), headers };
      return await ask(String(operators.ready.listen), "/verifiers.list", question).then(
        ({ status }) => status,
        () => "nobody" as const,
      );
    },
    async ldapsearch(bindName, password) {
      const name = formatDn(verifierName(definition, bindName));
      const suffix = formatDn(directoryTree(definition).suffix);
      const base = `CN=Chiba-shi CRLDP,OU=Key Generation 1,OU=CRL Distribution Points,${suffix}`;
      const args = ["-x", "-LLL", "-H", directory.url, "-D", name, "-w", password, "-s", "base", "-b", base, "1.1"];
      return await run("ldapsearch", args).then(
        () => 0,
        (error: { code: number }) => error.code,
      );
    },
    async stop() {
      await Promise.all([desk.stop(), responder.program.stop()]);
      await operators.stop();
      await owner.end();
      await directory.stop();
      await authority.stop();
    },
  };
}

async function startResponder(
  { home, script, definition, postgres }: RunningAuthority,
  enrolment: string,
  write: (name: string, value: unknown) => string,
): Promise<{ readonly program: RunningProgram; readonly url: string }> {
  const at = (name: string) => join(home, name);
  await run("openssl", [
    ...["req", "-new", "-nodes", "-newkey", "rsa:2048", "-keyout", at("ocsp.key"), "-out", at("ocsp.csr")],
    ...["-subj", "/CN=any"],
  ]);
  await script("certify-responder", at("ocsp.csr"), at("ocsp.pem"), at("governor.pem"));
  const { code } = await script("enrol", "responder", "-", "responder-1");
  const server = await enrolMachine(enrolment, String(code));
  const spool = at("spool");
  mkdirSync(spool);
  chmodSync(spool, 0o700);
  const place = { kind: "https", host: "127.0.0.1", port: 0 };
  const listener = {
    ...place,
    certificate: write("responder.pem", server.certificate),
    key: write("responder.key", server.key),
  };
  const generation = { authority: definition.id, generation: 1, issuerCertificate: at("governor.pem") };
  const texts = new URL("../../responder/pages/data/", import.meta.url).pathname;
  const program = await startProgram(
    "apps/responder/src/main.ts",
    write("responder.json", {
      ledger: { url: postgres.url("ca_responder") },
      answering: {
        listeners: [listener],
        generations: [{ ...generation, responderCertificate: at("ocsp.pem"), responderKey: at("ocsp.key") }],
        spool,
      },
      repository: {
        authority: definition.id,
        listeners: [{ kind: "http", host: "127.0.0.1", port: 0 }],
        origin: "http://localhost",
        addresses: { http: "http://localhost", ldap: "ldap://localhost", ocsp: "https://localhost" },
        texts: { statement: `${texts}chiba-statement.json`, publication: `${texts}chiba-publication.json` },
      },
    }),
  );
  const { listening, answering } = program.ready;
  const [url] = [listening, answering].flat().filter((one) => typeof one === "string" && one.startsWith("https:"));
  return { program, url: String(url) };
}

interface Question {
  readonly certificate: string;
  readonly key: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

function ask(url: string, path: string, { certificate: cert, key, headers = {}, body }: Question) {
  const method = body === undefined ? "GET" : "POST";
  return new Promise<{ readonly status: number; readonly body: Buffer }>((resolve, reject) => {
    const to = new URL(path, url.replace("localhost", "127.0.0.1"));
    const asking = httpsRequest(
      to,
      { method, cert, key, headers, rejectUnauthorized: false, agent: false },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.once("end", () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      },
    );
    asking.once("error", reject);
    asking.end(body);
  });
}

function send(url: string, method: string, path: string, headers: Readonly<Record<string, string>>, body = "") {
  return new Promise<Answer>((resolve, reject) => {
    const sending = httpRequest(new URL(path, url), { method, headers, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      answer.once("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }));
    });
    sending.once("error", reject);
    sending.end(body);
  });
}
