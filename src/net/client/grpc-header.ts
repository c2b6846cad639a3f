import { connectionHeaderProblem } from './connection-header.ts'

/** What keeps a header from being metadata of gRPC, or `undefined`; says nothing of its value. */
export function headerProblem(name: string, value: string): string | undefined {
  if (!/^[0-9a-z_.-]+$/i.test(name)) {
    return 'is no metadata name: gRPC takes letters, digits, _, - and .'
  }
  if (/^grpc-/i.test(name)) return 'is reserved: gRPC sets names that begin with grpc- itself'
  const ofTheConnection = connectionHeaderProblem(name)
  if (ofTheConnection !== undefined) return ofTheConnection
  if (/-bin$/i.test(name) || /^[ -~]*$/.test(value)) return undefined
  return 'must be printable ASCII; bytes need a name that ends in -bin'
}
