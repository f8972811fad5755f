// Docker's reference grammar, each part written so that it matches in linear time.
const DOMAIN_PART = "[a-zA-Z0-9]+(?:-+[a-zA-Z0-9]+)*";
const DOMAIN = `${DOMAIN_PART}(?:\\.${DOMAIN_PART})*(?::[0-9]+)?`;
const PATH_PART = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const DIGEST_WORD = "[A-Za-z][A-Za-z0-9]*";
const DIGEST = `${DIGEST_WORD}(?:[+._-]${DIGEST_WORD})*:[0-9a-fA-F]{32,}`;

const REFERENCE = new RegExp(
  `^(?<name>(?:(?<domain>${DOMAIN})/)?${PATH_PART}(?:/${PATH_PART})*(?::${TAG})?)(?:@${DIGEST})?$`,
);
const PATH_ONLY = new RegExp(`^${PATH_PART}$`);

/** Far above what registries take; keeps the matcher's stack small. */
const MAX_LENGTH = 4096;

/**
 * Reads a reference to an image: `[domain[:port]/]path-component(/path-component)*[:tag][@digest]`.
 * @returns it without its digest, or undefined when it is no reference.
 */
export function parseImageName(text: string): string | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const { name, domain } = REFERENCE.exec(text)?.groups ?? {};
  if (domain === undefined || isRegistry(domain)) return name;
  // a first component without a dot or a port is part of the path, where capitals are not allowed
  return PATH_ONLY.test(domain) ? name : undefined;
}

function isRegistry(domain: string): boolean {
  return domain.includes(".") || domain.includes(":");
}

/** The reference with the tag that it means: `latest` when it names none. */
export function withTag(image: string): string {
  const tagAt = image.indexOf(":", image.lastIndexOf("/") + 1);
  return tagAt === -1 ? `${image}:latest` : image;
}
