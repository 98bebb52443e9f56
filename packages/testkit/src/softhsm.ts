import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Debian's path of SoftHSM 2, which stands in for the HSM. */
export const SOFTHSM_MODULE = "/usr/lib/softhsm/libsofthsm2.so";

/** Debian's path of OpenSC's PKCS#11 recorder, which loads the module it watches. */
export const PKCS11_SPY_MODULE = "/usr/lib/x86_64-linux-gnu/pkcs11-spy.so";

/** A fresh SoftHSM token in a directory of its own. */
export interface SoftHsmToken {
  readonly directory: string;
  /** File for SOFTHSM2_CONF. */
  readonly configuration: string;
  readonly tokensDirectory: string;
  readonly label: string;
  readonly pin: string;
  readonly securityOfficerPin: string;
  /** Deletes the directory. */
  remove(): void;
}

/** Writes a SoftHSM configuration and an empty token directory (0700) under `directory`; no token yet. */
export function softHsmDirectory(directory: string): { configuration: string; tokensDirectory: string } {
  const tokensDirectory = join(directory, "tokens");
  mkdirSync(tokensDirectory, { recursive: true, mode: 0o700 });
  const configuration = join(directory, "softhsm2.conf");
  writeFileSync(
    configuration,
    `directories.tokendir = ${tokensDirectory}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`,
    { mode: 0o600 },
  );
  return { configuration, tokensDirectory };
}

/** Initialises a token with random 128-bit PINs in a temporary directory. */
export function createSoftHsmToken(label = "authority"): SoftHsmToken {
  const directory = mkdtempSync(join(tmpdir(), "softhsm-"));
  const { configuration, tokensDirectory } = softHsmDirectory(directory);
  const pin = randomBytes(16).toString("hex");
  const securityOfficerPin = randomBytes(16).toString("hex");
  execFileSync(
    "softhsm2-util",
    ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", securityOfficerPin],
    { env: { ...process.env, SOFTHSM2_CONF: configuration }, stdio: "pipe" },
  );
  return {
    directory,
    configuration,
    tokensDirectory,
    label,
    pin,
    securityOfficerPin,
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** Environment under which a process that loads PKCS11_SPY_MODULE records every call to `output`. */
export function pkcs11SpyEnvironment(output: string, module = SOFTHSM_MODULE): Record<string, string> {
  return { PKCS11SPY: module, PKCS11SPY_OUTPUT: output };
}

/** One C_Sign as pkcs11-spy saw it, with the mechanism and key of the C_SignInit before it in its session. */
export interface RecordedSign {
  readonly mechanism: string;
  /** Object handle of the key, as the record prints it; handles are given anew after each login. */
  readonly key: string;
  /** What was handed to the token: the octets of pData. */
  readonly input: Uint8Array;
  /** Whether all of it could be read: threads that wrote into the record at the same moment leave nothing to trust. */
  readonly isWhole: boolean;
  /** `CKR_OK`, another return value's name, or `unanswered` when the process ended inside the call. */
  readonly outcome: string;
}

/** Reads the C_Sign calls out of a pkcs11-spy record, in the order in which they began. */
export function readRecordedSigns(file: string): RecordedSign[] {
  return parseRecordedSigns(readFileSync(file, "utf8"));
}

type OpenCall = { readonly name: string; session: string; hasOutput: boolean };
const notInitialised = { mechanism: "", key: "" };
type PendingSign = { mechanism: string; key: string; input: string; octets: number; outcome: string };

/**
 * As readRecordedSigns, from the record's text. Calls on several threads interleave in the record: a return value that
 * follows an output belongs to the oldest C_Sign without one, so of two C_Sign under way at once that end differently
 * the outcomes may be exchanged, but never their number.
 */
export function parseRecordedSigns(record: string): RecordedSign[] {
  const signs: PendingSign[] = [];
  const initialised = new Map<string, { mechanism: string; key: string }>();
  let call: OpenCall | undefined;
  let current: PendingSign | undefined;
  for (const line of record.split("\n")) {
    const header = /^\d+: (C_\w+)$/.exec(line);
    if (header !== null) {
      call = { name: header[1] ?? "", session: "", hasOutput: false };
      // Its name alone is written whole, whatever other threads write: from here on the call counts.
      current =
        call.name === "C_Sign" ? { ...notInitialised, input: "", octets: -1, outcome: "unanswered" } : undefined;
      if (current !== undefined) signs.push(current);
      continue;
    }
    if (call === undefined) continue;
    const session = /^\[in\] hSession = (\S+)/.exec(line)?.[1];
    if (session !== undefined) {
      call.session = session;
      if (call.name === "C_SignInit") initialised.set(session, { ...notInitialised });
      if (current !== undefined) Object.assign(current, initialised.get(session));
      continue;
    }
    const octetsGiven = /^\[in\] pData\S* [0-9a-f]+ \/ (\d+)$/.exec(line)?.[1];
    if (octetsGiven !== undefined && current !== undefined) current.octets = Number(octetsGiven);
    const begun = initialised.get(call.session);
    if (call.name === "C_SignInit" && begun !== undefined) {
      begun.mechanism = /pMechanism->type = (\S+)/.exec(line)?.[1] ?? begun.mechanism;
      begun.key = /^\[in\] hKey = (\S+)/.exec(line)?.[1] ?? begun.key;
    }
    if (line.startsWith("[out] pSignature")) call.hasOutput = true;
    const octets = /^ {4}[0-9A-F]{8} {2}((?:[0-9A-F]{2} )+)/.exec(line)?.[1];
    if (octets !== undefined && current !== undefined && !call.hasOutput) current.input += octets.replaceAll(" ", "");
    const returned = /^Returned: +\d+ (\S+)/.exec(line)?.[1];
    if (returned !== undefined) {
      const ended =
        call.hasOutput || call.name === "C_Sign" ? signs.find((sign) => sign.outcome === "unanswered") : undefined;
      if (ended !== undefined) ended.outcome = returned;
      call.hasOutput = false;
    }
  }
  return signs.map(({ octets, ...sign }) => {
    const input = Buffer.from(sign.input, "hex");
    return { ...sign, input, isWhole: input.length === octets && sign.mechanism !== "" };
  });
}
