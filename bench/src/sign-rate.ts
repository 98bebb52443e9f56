// The ceiling: what the token itself signs, asked in a process of its own with nothing else in the way.
// node src/sign-rate.ts <JSON: module, label, pin, key, sessions, seconds>; prints one line of JSON.
import pkcs11js from "pkcs11js";
import { z } from "zod";

const order = z
  .strictObject({
    module: z.string(),
    label: z.string(),
    pin: z.string(),
    key: z.string(),
    sessions: z.int().min(1),
    seconds: z.number().positive(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const mechanism = { mechanism: pkcs11js.CKM_SHA256_RSA_PKCS };
const message = Buffer.alloc(1_000, 7); // as long as a TBSCertificate

const pkcs11 = new pkcs11js.PKCS11();
pkcs11.load(order.module);
pkcs11.C_Initialize({ flags: pkcs11js.CKF_OS_LOCKING_OK });
const slot = pkcs11.C_GetSlotList(true).find((one) => pkcs11.C_GetTokenInfo(one).label.trim() === order.label);
if (slot === undefined) throw new Error(`no token is labelled ${order.label}`);
const open = () => pkcs11.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
const sessions = Array.from({ length: order.sessions }, open);
const first = open();
pkcs11.C_Login(first, pkcs11js.CKU_USER, order.pin);
pkcs11.C_FindObjectsInit(first, [
  { type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY },
  { type: pkcs11js.CKA_LABEL, value: order.key },
]);
const key = pkcs11.C_FindObjects(first, 1)[0];
pkcs11.C_FindObjectsFinal(first);
if (key === undefined) throw new Error(`the token holds no key labelled ${order.key}`);

// Processor time of one signature: one session, nothing beside it.
const signOnce = () => {
  pkcs11.C_SignInit(first, mechanism, key);
  pkcs11.C_Sign(first, message, Buffer.alloc(512));
};
for (let warm = 0; warm < 50; warm += 1) signOnce();
const before = process.cpuUsage();
const alone = 500;
for (let count = 0; count < alone; count += 1) signOnce();
const used = process.cpuUsage(before);

// Rate with as many sessions as keep the cores busy.
let signed = 0;
const begin = performance.now();
const end = begin + order.seconds * 1_000;
await Promise.all(
  sessions.map(async (session) => {
    while (performance.now() < end) {
      pkcs11.C_SignInit(session, mechanism, key);
      await pkcs11.C_SignAsync(session, message, Buffer.alloc(512));
      signed += 1;
    }
  }),
);
const rate = signed / ((performance.now() - begin) / 1_000);
pkcs11.C_Finalize();
console.log(JSON.stringify({ rate, cpuPerSignature: (used.user + used.system) / 1_000 / alone }));
