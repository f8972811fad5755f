/** Between these lines of a page nothing is written by hand. */
export const BEGIN = "<!-- made by `npm run bench -- --docs`: begin -->";
export const END = "<!-- end -->";
