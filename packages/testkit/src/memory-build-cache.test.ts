import { buildCacheContract } from "./build-cache-contract.ts";
import { memoryBuildCache } from "./memory-build-cache.ts";

buildCacheContract("memory", async (maxBytes) => memoryBuildCache(maxBytes));
