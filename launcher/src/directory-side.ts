import { chibaAuthority } from "@mitome/ca";
import type { DirectoryAccess } from "@mitome/directory";
import { type RunningSlapd, startSlapd } from "@mitome/directory/slapd";
import type { StackPlace } from "./place.ts";

/** The prefecture's LDAP repository. */
export interface DirectorySide {
  readonly url: string;
  readonly publisher: DirectoryAccess;
  readonly registrar: DirectoryAccess;
  readonly meter: DirectoryAccess;
  stop(): Promise<void>;
}

/** Starts the directory on the loopback. */
export async function startDirectory(place: StackPlace, port: number): Promise<DirectorySide> {
  const url = `ldap://127.0.0.1:${port}`;
  const slapd: RunningSlapd = await startSlapd({
    directory: place.state("directory"),
    authorities: [chibaAuthority],
    urls: [url],
  });
  return {
    url,
    publisher: slapd.access(chibaAuthority, "publisher"),
    registrar: slapd.access(chibaAuthority, "registrar"),
    meter: slapd.access(chibaAuthority, "meter"),
    stop: () => slapd.stop(),
  };
}
