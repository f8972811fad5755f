const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Whether arrays and objects in a JSON text are nested more than `depth` deep. Of other texts it says anything. */
export function nestsDeeperThan(depth: number, json: string): boolean {
  if (json.length <= 2 * depth) return false; // each level takes two characters
  let level = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++level > depth) return true;
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) level--;
  }
  return false;
}

/** Where the string that begins at `from` has its closing quote. */
function endOfString(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let before = at - 1;
    while (json.charCodeAt(before) === BACKSLASH) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return json.length;
}
