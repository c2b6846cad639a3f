import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { decode, type Payload } from '../../pdata/payload.ts'
import { type Signal, signals } from '../../pdata/signal.ts'
import type { GraphConfig } from '../../pipeline/graph-config.ts'
import { reasonOf, UsageError } from '../product.ts'
import { payloadOf, type Step } from './steps.ts'

/**
 * Reads a file of OTLP as steps at the start, each into the first pipeline of its signal: one
 * request as JSON or protobuf, or one JSON request a line.
 *
 * @param signal of a protobuf file; else the word in the file's name counts
 */
export async function readOtlpFile(
  path: string,
  config: GraphConfig,
  signal?: Signal,
): Promise<Step[]> {
  const payloads = await readPayloads(path, signal)
  return payloads.map((payload) => {
    return { atMs: 0, kind: 'request', receiver: receiverOf(payload, config), payload }
  })
}

/** The requests in a file of OTLP. */
export async function readPayloads(path: string, signal?: Signal): Promise<Payload[]> {
  try {
    const bytes = await readFile(path)
    if (path.endsWith('.pb')) return [decode(signalOf(path, signal), bytes)]
    return documents(bytes.toString('utf8')).map(payloadOf)
  } catch (cause) {
    throw new UsageError(`${path}: ${reasonOf(cause)}`, { cause })
  }
}

const anObject = z.looseObject({})

function documents(text: string): object[] {
  try {
    return [anObject.parse(JSON.parse(text))]
  } catch (cause) {
    const lines = text.split('\n').filter((it) => it.trim() !== '')
    if (lines.length < 2) throw cause
    return lines.map((line) => anObject.parse(JSON.parse(line)))
  }
}

/** The three signals look alike as bytes. */
function signalOf(path: string, given?: Signal): Signal {
  const named = given ?? signals.find((it) => basename(path).includes(it.replace(/s$/, '')))
  if (named !== undefined) return named
  throw new UsageError('say what the file holds: --signal traces, logs or metrics')
}

function receiverOf({ signal }: Payload, { pipelines, receivers }: GraphConfig): string {
  const ids = pipelines.filter((it) => it.kind === signal).flatMap((it) => it.receivers)
  const receiver = ids.find((id) => receivers.has(id))
  if (receiver === undefined)
    throw new UsageError(`no pipeline of the configuration takes ${signal}`)
  return receiver
}
