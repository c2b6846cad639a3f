import { stat } from 'node:fs/promises'
import type { Payload } from '../../pdata/payload.ts'
import type { Signal } from '../../pdata/signal.ts'
import { UsageError } from '../product.ts'
import { readPayloads } from '../replay/otlp-file.ts'

const mebibyte = 1024 * 1024
const maxBytes = 64 * mebibyte

/** The requests of a recorded file; spans first, since events are about them. */
export async function readInput(path: string, signal?: Signal): Promise<readonly Payload[]> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true) throw new UsageError(`there is no file ${path}`)
  if (found.size > maxBytes) {
    const size = (found.size / mebibyte).toFixed(1)
    throw new UsageError(`${path} has ${size} MiB; at most 64 MiB are explained at a time`)
  }
  const payloads = await requestsIn(path, signal)
  const of = (wanted: Signal) => payloads.filter((it) => it.signal === wanted)
  const readable = [...of('traces'), ...of('logs')]
  if (readable.length === 0) {
    throw new UsageError(`${path} holds metrics; what is explained are traces and logs`)
  }
  return readable
}

async function requestsIn(path: string, signal?: Signal): Promise<readonly Payload[]> {
  try {
    return await readPayloads(path, signal)
  } catch (error) {
    const syntax = error instanceof Error && error.cause instanceof SyntaxError
    if (!syntax) throw error
    // The parser would quote what stands there, which may be somebody's message.
    throw new UsageError(`${path}: is not valid JSON, and no list of JSON requests, one a line`)
  }
}
