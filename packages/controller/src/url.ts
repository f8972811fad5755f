/** Characters that a request's target may have. */
export const MAX_URL_LENGTH = 8192;

/** The URL with the dot segments of its path resolved (RFC 3986, 5.2.4), its query untouched. */
export function withoutDotSegments(url: string): string {
  if (!url.includes("/.")) return url;
  const end = url.indexOf("?");
  const path = end === -1 ? url : url.slice(0, end);
  const query = end === -1 ? "" : url.slice(end);
  const kept: string[] = [];
  const segments = path.split("/");
  for (const [index, segment] of segments.entries()) {
    if (segment !== "." && segment !== "..") {
      kept.push(segment);
      continue;
    }
    if (segment === ".." && kept.length > 1) kept.pop();
    // A dot segment at the end leaves the folder behind, with its slash.
    if (index === segments.length - 1) kept.push("");
  }
  return kept.join("/") + query;
}
