/** Opens the store in the folder that it is given, says so, and closes it. */
import { join } from "node:path";
import { loadOrCreateSecret, openSqliteStore } from "../src/index.ts";

const dataDir = process.argv[2] ?? "";
const store = await openSqliteStore({
  dataDir,
  secret: await loadOrCreateSecret(join(dataDir, "secret")),
  exclusive: true,
});
console.log("opened");
await store.close();
