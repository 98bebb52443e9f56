/** Parts of lists and distribution points, and a small hierarchy with a target whose revocation is asked. */
import { crlNumber, reasonCode } from "../crl-extensions.ts";
import type { CrlReason } from "../crl-reason.ts";
import { contextConstructed, contextPrimitive, namedBits, sequence } from "../der-writer.ts";
import { type Extension, extensionOids } from "../extensions.ts";
import {
  answerTo,
  authority,
  certify,
  extension,
  type Holder,
  list,
  type Question,
  root,
} from "./hierarchy.fixture.ts";

// The parts of distribution points (RFC 5280 §4.2.1.13, §5.2.5).
const directoryName = (name: Uint8Array): Uint8Array => contextConstructed(4, name);
export const fullName = (name: Uint8Array): Uint8Array =>
  contextConstructed(0, contextConstructed(0, directoryName(name)));
export const relativeName = (name: Uint8Array): Uint8Array =>
  // The one relative distinguished name inside a Name of one attribute: its contents octets.
  contextConstructed(0, contextConstructed(1, name.subarray(4)));
export const reasons = (...positions: readonly number[]): Uint8Array => {
  const bits = namedBits(positions);
  return contextPrimitive(1, bits.subarray(2));
};
export const onlySomeReasons = (...positions: readonly number[]): Uint8Array =>
  contextPrimitive(3, namedBits(positions).subarray(2));
export const cRLIssuer = (name: Uint8Array): Uint8Array => contextConstructed(2, directoryName(name));
export const yes = (tag: number): Uint8Array => contextPrimitive(tag, Uint8Array.of(0xff));
export const points = (...all: readonly (readonly Uint8Array[])[]): Extension =>
  extension(extensionOids.cRLDistributionPoints, sequence(...all.map((parts) => sequence(...parts))));
export const idp = (...parts: readonly Uint8Array[]): Extension => extension("2.5.29.28", sequence(...parts), true);
export const deltaOf = (base: bigint): Extension => extension("2.5.29.27", crlNumber(base).value, true);
export const entryIssuer = (name: Uint8Array): Extension => extension("2.5.29.29", sequence(directoryName(name)), true);

export const top = root();
export const rootList = list(top);
export const issuer = authority(top, "Issuer");

/** The answer for a target of `issuer` with these extensions, with these lists beside the root's. */
export function ask(
  lists: (target: Holder) => readonly Uint8Array[],
  extensions: readonly Extension[] = [],
  question: Partial<Question> = {},
): string {
  const target = certify(issuer, { extensions });
  const { through = [], ...rest } = question;
  return answerTo({
    ...{ anchors: [top], target, revocation: "required", through: [issuer, ...through] },
    lists: [rootList, ...lists(target)],
    ...rest,
  });
}

export const revoking = (of: Holder, reason?: CrlReason) => ({
  entries: [{ of, extensions: reason === undefined ? [] : [reasonCode(reason)] }],
});
