import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { chibaAuthority, requestMessage } from "@mitome/ca";
import { createCaClient } from "@mitome/ca-api/client";
import { enrolMachine } from "@mitome/ca-api/enrol";
import type { SerialNumber } from "@mitome/x509";
import type { AuthoritySide } from "../../launcher/src/authority-side.ts";
import { runProgram } from "../../launcher/src/programs.ts";

/** A municipality's server that notifies the authority of certificates that nobody wants any more. */
export interface RevokingServer {
  /** Resolves, when the authority has answered, with the instant at which it accepted. */
  revoke(serial: SerialNumber): Promise<Date>;
  close(): Promise<void>;
}

/** Enrols the server and connects it over mutual TLS. */
export async function startRevokingServer(authority: AuthoritySide, municipality: string): Promise<RevokingServer> {
  const { operatorConfig, enrolmentUrl, url } = authority;
  const { code } = await runProgram("apps/ca/src/enrol.ts", operatorConfig, "server", municipality, "counter-1");
  const machine = await enrolMachine(enrolmentUrl, String(code));
  const client = createCaClient({ url, ...machine, connections: 32 }, () => undefined);
  const signing = { key: createPrivateKey(machine.key), dsaEncoding: "ieee-p1363" } as const;
  return {
    async revoke(serial) {
      const payload = Buffer.from(
        JSON.stringify({
          ...{ version: 1, authority: chibaAuthority.id, municipality, caseId: randomUUID(), clerk: "load" },
          ...{ requestedAt: new Date().toISOString(), serial, cause: "cessationRequested" },
        }),
      );
      const signature = sign("sha256", requestMessage("revocation", payload), signing).toString("base64");
      const signed = { payload: payload.toString("base64"), signature };
      const answer = await client.calls.revocation.request.mutate(signed);
      if (answer.kind !== "revoked") throw new Error(`not revoked: ${answer.reason}`);
      return new Date(answer.revokedAt);
    },
    close: () => client.close(),
  };
}
