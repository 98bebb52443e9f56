// The ceiling: node:http alone. Reads a POST, takes its SHA-1, finds the answer in a map.
// Its parent sends where to listen and the pairs; it says when it listens.
import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { HttpPlace } from "./http-load.ts";

/** What it is told. */
interface BareAnswers {
  readonly place: HttpPlace;
  readonly pairs: readonly (readonly [request: Uint8Array, answer: Uint8Array])[];
}

process.once("message", ({ place, pairs }: BareAnswers) => {
  const answers = new Map(pairs.map(([request, answer]) => [createHash("sha1").update(request).digest("hex"), answer]));
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = answers.get(createHash("sha1").update(Buffer.concat(chunks)).digest("hex"));
      response.writeHead(answer === undefined ? 404 : 200, {
        ...{ "content-type": "application/ocsp-response", "content-length": answer?.length ?? 0 },
        "cache-control": "no-store",
      });
      response.end(answer);
    });
  });
  if ("path" in place) rmSync(place.path, { force: true });
  server.listen(place, () => process.send?.("listening"));
});
