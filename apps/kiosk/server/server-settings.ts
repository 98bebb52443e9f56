import { readFileSync } from "node:fs";
import { z } from "zod";

const place = z.strictObject({ host: z.string().min(1), port: z.int().min(0).max(65_535) });
const path = z.string().startsWith("/");

/** The configuration file of a municipality's kiosk server; unknown keys are refused. Paths are absolute. */
export const ServerSettings = z.strictObject({
  /** Pages and `/api/trpc`; on loopback, or behind a proxy that ends TLS. Port 0 takes a free one. */
  listen: place,
  /** Where device agents dial in, TLS 1.3 with their certificates. */
  gateway: place,
  /** The address that browsers use, e.g. `http://kiosk.localhost:3000`: what `Origin` must be. */
  publicUrl: z.url(),
  municipality: z.string().regex(/^\d{6}$/),
  /** `postgres://ra_app:…@localhost:5432/municipality?host=/run/…` */
  database: z.strictObject({ url: z.string().startsWith("postgres://") }),
  /** The same for `register_reader`. */
  register: z.strictObject({ url: z.string().startsWith("postgres://") }),
  authority: z.strictObject({
    id: z.string().min(1).max(32),
    url: z.url(),
    /** PEM files: the equipment root, this server's certificate and its P-256 key (0600). */
    root: path,
    certificate: path,
    key: path,
  }),
  /** `totp` asks clerks for a code of an authenticator app beside the password, which 千葉県運用規程 5-1-2-2 asks for at least. */
  secondFactor: z.enum(["none", "totp"]).default("none"),
  /** Chromium for the PDFs, and the directory for its profile; on tmpfs where it matters. */
  chromium: path,
  temporaryDirectory: path,
  /** False leaves the pages out: the server then answers its API alone. */
  pages: z.boolean().default(true),
  /** Name of a crash point at which the process kills itself: for tests of interruption only. */
  crashAt: z.string().optional(),
  /** Names of crash points at which the process stops, once each, until it is let go on: for the same tests. */
  pausesAt: z.array(z.string()).optional(),
});
export type ServerSettings = z.infer<typeof ServerSettings>;

/** Reads and checks a configuration file; throws with the wrong key's path. */
export function readSettings(file: string): ServerSettings {
  return ServerSettings.parse(JSON.parse(readFileSync(file, "utf8")));
}
