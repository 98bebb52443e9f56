/** What the driver needs to connect, read from a `postgres://` URL whose `host` parameter may name a socket's directory. */

/** Where and as whom to connect, in the driver's words. */
export interface ConnectionOptions {
  readonly host: string;
  readonly path?: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
}

/** Connection options of a URL such as `postgres://ca_app:…@localhost:5432/mitome?host=/run/mitome`. */
export function connectionOptions(url: string): ConnectionOptions {
  const parsed = new URL(url);
  const port = Number(parsed.port || "5432");
  const directory = parsed.searchParams.get("host");
  const at =
    directory === null ? { host: parsed.hostname } : { host: directory, path: `${directory}/.s.PGSQL.${port}` };
  return {
    ...at,
    port,
    database: decodeURIComponent(parsed.pathname.slice(1)),
    username: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
  };
}
