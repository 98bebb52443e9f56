/** What every lender of the authority's key keeps to: run on the one in memory and on the real signer with its token. */
import { NotActivated, RecordedIntent, SignerRefused, type SigningIntent, type SigningKey } from "@mitome/ca";
import { parseSerialNumber } from "@mitome/x509";
import { expect, it } from "vitest";

/** A signing key under test, and hands to bring about what the contract speaks of. */
export interface SignerUnderTest {
  readonly key: SigningKey;
  /** An intent that stands every inspection, with a new id and serial. */
  readonly rightIntent: () => Promise<SigningIntent>;
  /** Puts a row into what the signer reads, under fence 1. */
  readonly record: (intent: SigningIntent, mac: Uint8Array) => Promise<void>;
  /** Whether this is the authority's signature over the intent's TBS. */
  readonly verifies: (intent: SigningIntent, signature: Uint8Array) => Promise<boolean>;
  readonly setActivated: (activated: boolean) => Promise<void>;
}

/** The capability to have this row signed, under the fence it was recorded with. */
function recorded(intent: SigningIntent, fence = 1): RecordedIntent {
  const serial = parseSerialNumber(intent.serial);
  if (serial === undefined) throw new Error("the intent under test has no serial number");
  return RecordedIntent.readFromLedger(intent.id, fence, serial);
}

/** Registers the contract's tests; `given` gives the signer when they run. */
export function signerContract(given: () => SignerUnderTest): void {
  const macAndRecord = async () => {
    const { key, rightIntent, record } = given();
    const intent = await rightIntent();
    await record(intent, await key.macIntent(intent));
    return intent;
  };

  it("signs what was MACed and recorded, and signs it again when asked again", async () => {
    const { key, verifies } = given();
    const intent = await macAndRecord();
    expect(await key.activated()).toBe(true);
    expect(await verifies(intent, await key.sign(recorded(intent)))).toBe(true);
    expect(await verifies(intent, await key.sign(recorded(intent)))).toBe(true);
  });

  it("gives one MAC for one intent, and other MACs for others", async () => {
    const { key, rightIntent } = given();
    const [one, other] = [await rightIntent(), await rightIntent()];
    expect(await key.macIntent(one)).toEqual(await key.macIntent(one));
    expect(await key.macIntent(one)).not.toEqual(await key.macIntent(other));
  });

  it("refuses a row with another's MAC", async () => {
    const { key, rightIntent, record } = given();
    const intent = await rightIntent();
    await record(intent, await key.macIntent(await rightIntent()));
    await expect(key.sign(recorded(intent))).rejects.toThrow(SignerRefused);
  });

  it("refuses to MAC what does not stand the inspection", async () => {
    const { key, rightIntent } = given();
    const intent = await rightIntent();
    await expect(key.macIntent({ ...intent, requestSignature: new Uint8Array(64) })).rejects.toThrow(SignerRefused);
    await expect(key.macIntent({ ...intent, authority: "elsewhere" })).rejects.toThrow(SignerRefused);
  });

  it("signs neither an unknown row nor one under another fence", async () => {
    const { key, rightIntent } = given();
    const intent = await macAndRecord();
    await expect(key.sign(recorded(intent, 2))).rejects.toThrow();
    await expect(key.sign(recorded(await rightIntent()))).rejects.toThrow();
  });

  it("names a resident by one pseudonym that does not hold the resident code", async () => {
    const { key } = given();
    const id = await key.subscriberId("24727059608");
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(await key.subscriberId("24727059608")).toBe(id);
    expect(await key.subscriberId("24727059609")).not.toBe(id);
  });

  it("does nothing while it is not activated", async () => {
    const { key, rightIntent, setActivated } = given();
    const [intent, another] = [await macAndRecord(), await rightIntent()];
    await setActivated(false);
    expect(await key.activated()).toBe(false);
    await expect(key.macIntent(another)).rejects.toThrow(NotActivated);
    await expect(key.sign(recorded(intent))).rejects.toThrow(NotActivated);
    await setActivated(true);
    await key.sign(recorded(intent));
  });
}
