/** The responder's program as verifiers reach it: over TLS, with their certificates, on a ledger with an authority's lists. */
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { type RunningProgram, startProgram } from "@mitome/testkit/running-authority";
import { type Holder, makePeer } from "./hierarchy.fixture.ts";
import { makeWorld } from "./memory-world.fixture.ts";
import { type RepositoryWorld, textFiles } from "./repository-world.fixture.ts";

/** What was answered. */
export interface Said {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** How it is asked, by GET unless told. */
export interface HowAsked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The program, running. */
export interface ResponderProgram extends Pick<RunningProgram, "log"> {
  /** Asks for a path as whoever holds this certificate's key, or as nobody, over a connection of its own. */
  ask(who: Holder | undefined, path: string, how?: HowAsked): Promise<Said>;
  stop(): Promise<void>;
}

/** Starts it with the public side that gives it its lists. */
export async function startResponderProgram(world: RepositoryWorld): Promise<ResponderProgram> {
  // Its keys are for OCSP, which nobody asks here.
  const ocsp = makeWorld(() => new Date());
  world.write(makePeer("localhost"), "tls");
  const file = (name: string) => join(world.directory, name);
  const https = { kind: "https", host: "127.0.0.1", port: 0, certificate: file("tls.pem"), key: file("tls.key") };
  const configuration = {
    ledger: { url: world.postgres.url("ca_responder"), readers: 1 },
    answering: { ...ocsp.configuration, listeners: [https], spool: file("spool") },
    repository: {
      ...{ authority: world.soft.definition.id, origin: "https://repository.chiba.example", texts: textFiles },
      listeners: [{ kind: "http", host: "127.0.0.1", port: 0 }],
      addresses: { http: "https://repository.chiba.example/", ldap: "ldap://x/", ocsp: "https://x/ocsp" },
    },
  };
  writeFileSync(file("config.json"), JSON.stringify(configuration));
  const program = await startProgram("apps/responder/src/main.ts", file("config.json"));
  const port = Number(/:(\d+)"/.exec(JSON.stringify(program.ready.listening))?.[1]);
  return {
    log: program.log,
    async ask(who, path, { method = "GET", headers = {} } = {}) {
      const pair = who && { cert: who.pem.certificate, key: who.pem.key };
      const where = { host: "127.0.0.1", port, path, method, headers };
      const asked = request({ ...where, ...pair, rejectUnauthorized: false, agent: false });
      asked.end();
      const [response] = await once(asked, "response");
      return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
    },
    async stop() {
      await program.stop();
      ocsp.remove();
    },
  };
}
