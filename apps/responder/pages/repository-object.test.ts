import { createHash, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { goodDay } from "./public-view.fixture.ts";
import {
  answerForObject,
  certificateObject,
  listObject,
  pemObject,
  type RequestHeaders,
  type ServedObject,
} from "./repository-object.ts";

const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
const issue = { thisUpdate: new Date("2026-11-22T06:00:00.400Z"), nextPublish: new Date("2026-11-23T06:00:00Z") };
const now = new Date("2026-11-22T09:00:00Z");
const list = listObject(bytes, issue, "anyone");
const modified = "Sun, 22 Nov 2026 06:00:00 GMT";
const get = (headers: RequestHeaders = {}, object: ServedObject = list, at: Date = now) =>
  answerForObject(object, { method: "GET", headers }, at);

describe("an object of the repository over HTTP", () => {
  it("is good in a cache until its next planned issue, and must be asked for again after it", () => {
    expect(get().headers["cache-control"]).toBe("public, max-age=75600, must-revalidate");
    const second = get({}, list, new Date("2026-11-23T05:59:59.000Z"));
    expect(second.headers["cache-control"]).toBe("public, max-age=1, must-revalidate");
    const late = get({}, list, new Date("2026-11-24T00:00:00Z"));
    expect(late.headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
  });

  it("is kept by no shared cache when it is for verifiers", () => {
    const restricted = listObject(bytes, issue, "verifiers");
    expect(get({}, restricted).headers["cache-control"]).toBe("private, max-age=75600, must-revalidate");
  });

  it("is whole, with its length, type, strong entity tag and date", () => {
    const { status, headers, body } = get();
    expect(status).toBe(200);
    expect(body).toBe(bytes);
    expect(headers).toEqual({
      etag: `"${createHash("sha256").update(bytes).digest("base64url")}"`,
      "last-modified": modified,
      "cache-control": "public, max-age=75600, must-revalidate",
      "content-type": "application/pkix-crl",
      "accept-ranges": "bytes",
      "content-length": "100",
    });
  });

  it("answers HEAD as GET without the bytes, whatever range is asked", () => {
    const head = answerForObject(list, { method: "HEAD", headers: { range: "bytes=0-9" } }, now);
    expect(head).toEqual({ ...get(), body: new Uint8Array() });
  });

  it("does nothing else", () => {
    const put = answerForObject(list, { method: "PUT", headers: {} }, now);
    expect(put).toEqual({ status: 405, headers: { allow: "GET, HEAD" }, body: new Uint8Array() });
  });
});

describe("preconditions (RFC 9110 §13)", () => {
  const { etag } = list;
  it.each<[number, RequestHeaders]>([
    [304, { "if-none-match": etag }],
    [304, { "if-none-match": `W/${etag}` }],
    [304, { "if-none-match": `"other", ${etag}` }],
    [304, { "if-none-match": "*" }],
    [200, { "if-none-match": '"other"' }],
    [200, { "if-none-match": '"other"', "if-modified-since": modified }],
    [304, { "if-modified-since": modified }],
    [304, { "if-modified-since": "Sunday, 22-Nov-26 06:00:00 GMT" }],
    [304, { "if-modified-since": "Sun Nov 22 06:00:00 2026" }],
    [200, { "if-modified-since": "Sun, 22 Nov 2026 05:59:59 GMT" }],
    [200, { "if-modified-since": "2026-11-22T06:00:00Z" }],
    [200, { "if-modified-since": "yesterday" }],
    [200, { "if-match": etag }],
    [200, { "if-match": "*" }],
    [412, { "if-match": `W/${etag}` }],
    [412, { "if-match": '"other"' }],
    [412, { "if-match": '"other"', "if-unmodified-since": modified }],
    [412, { "if-match": '"other"', "if-none-match": etag }],
    [200, { "if-unmodified-since": modified }],
    [412, { "if-unmodified-since": "Sun, 22 Nov 2026 05:59:59 GMT" }],
  ])("%i for %o", (status, headers) => {
    const answer = get(headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.etag).toBe(etag);
    if (status !== 200) expect(answer.body).toHaveLength(0);
  });

  it("come before the range", () => {
    expect(get({ "if-none-match": etag, range: "bytes=500-" }).status).toBe(304);
  });
});

describe("ranges (RFC 9110 §14)", () => {
  it.each<[string, string, number, number]>([
    ["bytes=0-9", "bytes 0-9/100", 0, 10],
    ["bytes=90-", "bytes 90-99/100", 90, 100],
    ["bytes=90-999", "bytes 90-99/100", 90, 100],
    ["bytes=-10", "bytes 90-99/100", 90, 100],
    ["bytes=-1000", "bytes 0-99/100", 0, 100],
    ["BYTES=99-99", "bytes 99-99/100", 99, 100],
  ])("%s is 206 with %s", (range, contentRange, from, to) => {
    const { status, headers, body } = get({ range });
    expect(status).toBe(206);
    expect(headers["content-range"]).toBe(contentRange);
    expect(headers["content-length"]).toBe(String(to - from));
    expect(body).toEqual(bytes.subarray(from, to));
    expect(body.buffer).toBe(bytes.buffer);
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0"])("%s is 416 with the length", (range) => {
    const { status, headers, body } = get({ range });
    expect([status, headers["content-range"], body.length]).toEqual([416, "bytes */100", 0]);
  });

  it.each(["bytes=9-0", "bytes=a-b", "bytes=", "bytes=-", "items=0-9", "bytes=0-1,5-6", "0-9"])(
    "%s is answered with the whole",
    (range) => {
      expect(get({ range }).status).toBe(200);
    },
  );

  it("are taken only from the copy that If-Range names, by strong tag or exact date", () => {
    const range = "bytes=0-9";
    const statusWith = (ifRange: string) => get({ range, "if-range": ifRange }).status;
    expect([list.etag, modified].map(statusWith)).toEqual([206, 206]);
    expect([`W/${list.etag}`, '"other"', "Sun, 22 Nov 2026 06:00:01 GMT"].map(statusWith)).toEqual([200, 200, 200]);
  });

  it("put together from any cuts are the object", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 99 })), (cuts) => {
        const edges = [0, ...cuts.toSorted((one, other) => one - other), 100];
        const parts = edges.slice(1).map((to, index) => get({ range: `bytes=${edges[index]}-${to - 1}` }).body);
        expect(Buffer.concat(parts)).toEqual(Buffer.from(bytes));
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it("are answered whatever is asked", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (range, condition) => {
        const headers = { range, "if-range": condition, "if-none-match": condition, "if-modified-since": condition };
        expect([200, 206, 304, 416]).toContain(get(headers).status);
      }),
      { seed: 5, numRuns: 500 },
    );
  });
});

describe("certificates", () => {
  const der = goodDay.certificates[0]?.der ?? new Uint8Array();

  it("never change under a path that names their digest", () => {
    const { headers } = get({}, certificateObject(der, now));
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(headers["content-type"]).toBe("application/pkix-cert");
  });

  it("are the same in PEM", () => {
    const { body, headers } = get({}, pemObject(der, now));
    expect(headers["content-type"]).toBe("application/pem-certificate-chain");
    expect(new X509Certificate(body).raw).toEqual(Buffer.from(der));
    expect(Buffer.from(body).toString()).toBe(new X509Certificate(der).toString());
  });
});
