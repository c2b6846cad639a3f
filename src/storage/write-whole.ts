import type { OpenFile } from './file-system.ts'

/** What the system takes in one `writev`. */
const maxParts = 1024

/** Writes all parts, or throws; short writes are real on a full volume. */
export async function writeWhole(
  file: OpenFile,
  parts: readonly Uint8Array[],
  atBytes: number,
): Promise<void> {
  for (let [at, end] = [0, atBytes]; at < parts.length; at += maxParts) {
    const some = parts.slice(at, at + maxParts)
    await writeSome(file, some, end)
    end += lengthOf(some)
  }
}

/** One `writev`; what a short one left over is written after it, until the system says why not. */
async function writeSome(
  file: OpenFile,
  parts: readonly Uint8Array[],
  atBytes: number,
): Promise<void> {
  const wanted = lengthOf(parts)
  const written = await file.write(parts, atBytes)
  if (written === wanted) return
  const rest = Buffer.concat(parts).subarray(written)
  const more = await file.write([rest], atBytes + written)
  if (more < rest.length) throw new Error(`wrote ${written + more} of ${wanted} bytes`)
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, it) => sum + it.length, 0)
}
