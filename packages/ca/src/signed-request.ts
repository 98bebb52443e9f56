/** What a municipality signs with its server's key: JSON behind a domain tag. */
import { type VerificationKey, verifySignature } from "@mitome/x509";
import type { z } from "zod";
import type { MalformedRequest } from "./certification-authority.ts";

/** A request as it came: the octets of its payload and the municipality's signature over them. */
export interface SignedRequest {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** Reads a payload; unknown fields are refused and the first wrong field is named. */
export function parsePayload<Request>(
  schema: z.ZodType<Request>,
  payload: Uint8Array,
): { readonly kind: "request"; readonly request: Request } | MalformedRequest {
  let value: unknown;
  try {
    value = JSON.parse(strictUtf8.decode(payload));
  } catch {
    return { kind: "malformed", field: "payload" };
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return { kind: "request", request: parsed.data };
  const [first] = parsed.error.issues;
  const unknown = first?.code === "unrecognized_keys" ? first.keys.slice(0, 1) : [];
  return { kind: "malformed", field: [...(first?.path ?? []), ...unknown].join(".") || "payload" };
}

/** The octets that a municipality signs: what kind of request it is, then the payload as it is sent. */
export function requestMessage(kind: "issuance" | "revocation", payload: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`mitome-${kind}-request-v1\0`, "ascii"), payload]);
}

/** Whether the municipality's equipment key signed this request (ECDSA P-256 with SHA-256, r and s of 32 octets each). */
export function verifyRequest(
  key: VerificationKey,
  kind: "issuance" | "revocation",
  { payload, signature }: SignedRequest,
): boolean {
  return verifySignature(key, "ecdsa-with-SHA256", requestMessage(kind, payload), signature, "ieee-p1363");
}
