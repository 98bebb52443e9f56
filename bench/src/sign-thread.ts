// One thread of the ceiling: signs with a key from a PEM file for so many seconds.
import { createPrivateKey, randomBytes, sign } from "node:crypto";
import { readFileSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";

const { key: file, seconds }: { readonly key: string; readonly seconds: number } = workerData;
const key = createPrivateKey(readFileSync(file));
const message = randomBytes(200); // as long as a ResponseData
const begin = performance.now();
let signed = 0;
while (performance.now() < begin + seconds * 1_000) {
  sign("sha256", message, key);
  signed += 1;
}
parentPort?.postMessage(signed / ((performance.now() - begin) / 1_000));
