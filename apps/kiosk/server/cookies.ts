/** The two cookies of the counter: which screen this is, and which clerk's session is open on it. */
export const cookieNames = { screen: "mitome-screen", clerk: "mitome-clerk" } as const;

/** A cookie of a request, or null. The first of a name counts. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(";") ?? []) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return null;
}

/**
 * A `Set-Cookie` line: HttpOnly, SameSite=Strict, whole origin; Secure where browsers come by https. `seconds` 0 removes
 * it, null lets it go with the browser.
 */
export function setCookie(name: string, value: string, secure: boolean, seconds: number | null): string {
  const age = seconds === null ? "" : `; Max-Age=${seconds}`;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Strict${secure ? "; Secure" : ""}${age}`;
}
