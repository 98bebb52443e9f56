import type { GeneralNameForm, PathGeneralName } from "./path-general-name.ts";
import { isComparisonUndefined, type PathName } from "./path-name.ts";

/** Whether a name lies within a subtree; `undefined` where the form or the text is not understood. */
export type Within = boolean | undefined;

/**
 * Whether `name` lies within the subtree of `base`, a name of the same form (RFC 5280 §4.2.1.10). With `isExcluding` a
 * wildcard also lies within a subtree that it reaches into.
 */
export function isWithin(name: PathGeneralName, base: PathGeneralName, isExcluding: boolean): Within {
  if (name.kind === "directoryName" && base.kind === "directoryName") return isNameWithin(name.name, base.name);
  if (name.kind === "iPAddress" && base.kind === "iPAddress") return isAddressWithin(name.octets, base.octets);
  if (name.kind === "dNSName" && base.kind === "dNSName") return isDnsWithin(name.text, base.text, isExcluding);
  if (name.kind === "rfc822Name" && base.kind === "rfc822Name") return isMailboxWithin(name.text, base.text);
  if (name.kind === "uniformResourceIdentifier" && base.kind === "uniformResourceIdentifier")
    return isUriWithin(name.text, base.text);
  return undefined;
}

/** The form that a constraint on this form of name speaks of. */
export function constrainedForm(name: PathGeneralName): GeneralNameForm {
  // RFC 9598 §6: constraints on rfc822Name hold for SmtpUTF8Mailbox too.
  return name.kind === "otherName" && name.typeId === smtpUtf8Mailbox ? "rfc822Name" : name.kind;
}

const smtpUtf8Mailbox = "1.3.6.1.5.5.7.8.9";

/** RFC 5280 §7.1: the subtree of a name are the names that begin with its relative names. */
function isNameWithin(name: PathName, base: PathName): Within {
  let within: Within = true;
  for (const [index, relative] of base.relativeNames.entries()) {
    const own = name.relativeNames[index];
    if (own === relative) continue;
    if (own === undefined || !(isComparisonUndefined(own) || isComparisonUndefined(relative))) return false;
    within = undefined;
  }
  return within;
}

function isAddressWithin(address: Uint8Array, range: Uint8Array): Within {
  if (address.length !== 4 && address.length !== 16) return undefined;
  if (range.length !== 2 * address.length) return false;
  return address.every((octet, index) => {
    const mask = range[address.length + index] ?? 0;
    return (octet & mask) === ((range[index] ?? 0) & mask);
  });
}

const hostName = /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+$/;

/** "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side". */
function isDnsWithin(name: string, base: string, isExcluding: boolean): Within {
  const host = name.toLowerCase();
  const domain = base.toLowerCase();
  const isWildcard = host.startsWith("*.");
  if (!hostName.test(isWildcard ? host.slice(2) : host)) return undefined;
  if (domain === "") return true;
  if (!hostName.test(domain.replace(/^\./, ""))) return undefined;
  if (isExcluding && isWildcard && domain.endsWith(host.slice(1))) return true;
  return host === domain || host.endsWith(domain.startsWith(".") ? domain : `.${domain}`);
}

/** A whole mailbox, all mailboxes of a host, or, behind a period, those of all hosts in a domain. */
function isMailboxWithin(mailbox: string, base: string): Within {
  const at = mailbox.lastIndexOf("@");
  const host = mailbox.slice(at + 1).toLowerCase();
  if (at < 1 || !hostName.test(host)) return undefined;
  const baseAt = base.lastIndexOf("@");
  const baseHost = base.slice(baseAt + 1).toLowerCase();
  if (baseAt < 0) return isHostWithin(host, baseHost);
  // RFC 5280 §7.5: the local part is compared exactly.
  return host === baseHost && mailbox.slice(0, at) === base.slice(0, baseAt);
}

const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/?#]*@)?([^:@/?#]+)(?::[0-9]*)?(?:[/?#]|$)/;

/** RFC 3986 appendix A. */
const noUriCharacter = /[^!-~]|["<>\\^`{|}]/;

/** The constraint holds for the host, which must be a domain name: without one "the certificate MUST be rejected". */
function isUriWithin(uri: string, base: string): Within {
  const host = authority.exec(uri.toLowerCase())?.[1];
  if (host === undefined || noUriCharacter.test(uri) || !hostName.test(host) || /(?:^|\.)[0-9]+$/.test(host))
    return undefined;
  return isHostWithin(host, base.toLowerCase());
}

/** A host exactly; behind a period, hosts with one or more labels before that domain. What an empty one means nobody says. */
function isHostWithin(host: string, base: string): Within {
  if (!hostName.test(base.replace(/^\./, ""))) return undefined;
  return base.startsWith(".") ? host.endsWith(base) : host === base;
}
