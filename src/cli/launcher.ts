#!/usr/bin/env node
// Node starts its threads for files, DNS and compression when they are first needed: the number of
// them can be set until then, and importing the product comes after it.
process.env.UV_THREADPOOL_SIZE ??= '16'
await import('../main.ts')

export {}
