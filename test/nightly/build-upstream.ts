import { upstreamBinary } from './tools.ts'

/** Prints where the upstream collector is, built if need be: `OTELCOL_BINARY` for the benchmarks. */
console.log(await upstreamBinary())
