import { verify, X509Certificate } from "node:crypto";
import { type AgentCommand, agentCommand } from "@mitome/card";
import { equipmentIdentityIn } from "@mitome/x509";
import { z } from "zod";
import { issuedBy } from "./issued-by.ts";

/** Whose commands this terminal obeys. */
export interface CommandTrust {
  /** The pinned root of equipment certificates. */
  readonly root: X509Certificate;
  readonly authority: string;
  readonly municipality: string;
  readonly terminal: string;
}

/** Why a command is not obeyed. */
export type CommandRefusal =
  | "malformed"
  | "notFromOurServer"
  | "signature"
  | "otherTerminal"
  | "expired"
  | "tooLongLived";

const header = z.strictObject({
  alg: z.literal("ES256"),
  typ: z.literal("mitome-command+jws"),
  x5c: z.tuple([z.base64().max(8192)]),
});

const LONGEST_LIFE = 10 * 60 * 1000;

/**
 * Checks a command (compact JWS, RFC 7515): signed with ES256 by a server of this terminal's municipality under the pinned equipment
 * root, for this terminal, in force. Whether it was used before is the journal's question.
 */
export function verifyCommand(jws: string, trust: CommandTrust, now: Date): AgentCommand | { refused: CommandRefusal } {
  const [protectedHeader, payload, signature, ...more] = jws.split(".");
  if (!protectedHeader || !payload || !signature || more.length > 0) return { refused: "malformed" };
  const parsedHeader = header.safeParse(parseJson(protectedHeader));
  if (!parsedHeader.success) return { refused: "malformed" };
  const certificate = parseCertificate(parsedHeader.data.x5c[0]);
  const signer = certificate && equipmentIdentityIn(certificate.raw);
  const ours =
    certificate !== undefined &&
    signer?.kind === "server" &&
    signer.authority === trust.authority &&
    signer.municipality === trust.municipality &&
    issuedBy(trust.root, certificate, now);
  if (!ours) return { refused: "notFromOurServer" };
  const signed = Buffer.from(`${protectedHeader}.${payload}`, "ascii");
  const key = { key: certificate.publicKey, dsaEncoding: "ieee-p1363" } as const;
  if (!verify("sha256", signed, key, Buffer.from(signature, "base64url"))) return { refused: "signature" };
  const parsed = agentCommand.safeParse(parseJson(payload));
  if (!parsed.success) return { refused: "malformed" };
  const life = Date.parse(parsed.data.expiresAt) - now.getTime();
  if (parsed.data.terminal !== trust.terminal) return { refused: "otherTerminal" };
  if (life < 0) return { refused: "expired" };
  return life > LONGEST_LIFE ? { refused: "tooLongLived" } : parsed.data;
}

/** The command id that an unverified command claims, only to address the refusal to it. */
export function claimedCommandId(jws: string): string | undefined {
  const claims = z.object({ commandId: z.uuid() }).safeParse(parseJson(jws.split(".")[1] ?? ""));
  return claims.success ? claims.data.commandId : undefined;
}

function parseJson(base64url: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64url, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function parseCertificate(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, "base64"));
  } catch {
    return undefined;
  }
}
