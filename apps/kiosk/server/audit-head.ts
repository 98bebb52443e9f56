/** Reads `<stream>:<sequence>:<hash>` as the authority's answers carry it; null for anything else. The stream may hold colons. */
export function readAuditHead(
  text: string,
): { readonly stream: string; readonly seq: number; readonly hash: string } | null {
  const found = /^(.{1,128}):(\d{1,15}):([0-9a-f]{64})$/.exec(text);
  if (found === null) return null;
  const [, stream = "", seq = "0", hash = ""] = found;
  return { stream, seq: Number(seq), hash };
}
