import { promisify } from 'node:util'
import { constants, gzip, zstdCompress } from 'node:zlib'
import { z } from 'zod'

const later = ['snappy', 'zlib', 'deflate', 'lz4']

/** The `compression` key: how request bodies are compressed. */
export function compression() {
  return z
    .enum(['gzip', 'zstd', 'none', ''], {
      error: ({ input }) =>
        later.includes(String(input))
          ? `${input} comes later and is not supported yet: write gzip, zstd or none`
          : 'must be gzip, zstd or none',
    })
    .transform((it) => (it === '' ? 'none' : it))
    .describe(
      '`gzip`, `zstd` or `none`; zstd costs a fraction of gzip at the same size. Others come later.',
    )
}

export type Compression = z.output<ReturnType<typeof compression>>

/** The `compression_params` block; which levels there are depends on the algorithm. */
export function compressionParams() {
  return z
    .strictObject({
      level: z
        .int()
        .optional()
        .describe('gzip: -1 (the default, 6) or 1 to 9; zstd: 1, 3 (the default), 6 or 11.'),
    })
    .prefault({})
}

const levels: Readonly<Record<Compression, readonly number[]>> = {
  gzip: [-1, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  zstd: [1, 3, 6, 11],
  none: [],
}

/** What is wrong with a level for an algorithm, or `undefined`. */
export function levelProblem(algorithm: Compression, level: number | undefined) {
  if (level === undefined || levels[algorithm].includes(level)) return undefined
  if (algorithm === 'none') return 'has no meaning with compression: none'
  return `must be one of ${levels[algorithm].join(', ')} for ${algorithm}`
}

const gzipInPool = promisify(gzip)
const zstdInPool = promisify(zstdCompress)

/**
 * Compresses a body in libuv's thread pool, whose size is `UV_THREADPOOL_SIZE`. Level 6 of gzip
 * takes about 20 µs for a span, far more than all else that we do with it, so it never runs on the
 * main thread.
 */
export async function compress(
  body: Uint8Array,
  algorithm: Compression,
  level?: number,
): Promise<Uint8Array> {
  switch (algorithm) {
    case 'none':
      return body
    case 'gzip':
      return gzipInPool(body, { level: level ?? constants.Z_DEFAULT_COMPRESSION })
    case 'zstd': {
      const params = { [constants.ZSTD_c_compressionLevel]: level ?? 3 }
      return zstdInPool(body, { params, pledgedSrcSize: body.length })
    }
  }
}
