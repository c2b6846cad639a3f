import { status } from '@grpc/grpc-js'
import { z } from 'zod'

/** Names of the codes of gRPC, `OK` aside. */
const names = Object.keys(status).filter((it) => /^[A-Z_]+$/.test(it) && it !== 'OK')

/** The name of a code, such as `UNAVAILABLE`. */
export function grpcCodeName(code: number): string {
  return status[code] ?? `code ${code}`
}

/** A code that may be named as worth a retry, by its name; gives its number. */
export function grpcFailure() {
  return z
    .enum(names, { error: 'must be the name of a gRPC code, such as RESOURCE_EXHAUSTED' })
    .transform((name) => codes.get(name) ?? status.UNKNOWN)
}

const codes: ReadonlyMap<string, number> = new Map(
  Object.entries(status).flatMap(([name, code]): [string, number][] =>
    typeof code === 'number' ? [[name, code]] : [],
  ),
)
