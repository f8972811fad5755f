"use strict";
// Loaded before the server. Whoever starts it holds the other end of its standard input: when that closes, however its
// owner died, the server ends and takes its data along, which is in the folder that the variable names.
const { rmSync } = require("node:fs");

const folder = process.env["MERINGUE_TEST_COUCHDB_FOLDER"];
process.stdin.resume();
process.stdin.once("end", () => {
  if (folder !== undefined && folder.includes("meringue-couchdb-")) rmSync(folder, { recursive: true, force: true });
  process.exit();
});
