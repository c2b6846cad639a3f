/** Codes of gRPC, by the names that the specification gives them. */
export const grpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  resourceExhausted: 8,
  failedPrecondition: 9,
  aborted: 10,
  outOfRange: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  dataLoss: 15,
  unauthenticated: 16,
} as const

const httpOfGrpc: ReadonlyMap<number, number> = new Map([
  [grpcStatus.cancelled, 503],
  [grpcStatus.deadlineExceeded, 503],
  [grpcStatus.aborted, 503],
  [grpcStatus.outOfRange, 503],
  [grpcStatus.unavailable, 503],
  [grpcStatus.dataLoss, 503],
  [grpcStatus.resourceExhausted, 429],
  [grpcStatus.invalidArgument, 400],
  [grpcStatus.unauthenticated, 401],
  [grpcStatus.permissionDenied, 403],
  [grpcStatus.unimplemented, 404],
])

/** The HTTP status that OTLP gives a gRPC status; 500 where it names none. */
export function httpStatusOf(grpc: number): number {
  return httpOfGrpc.get(grpc) ?? 500
}

const grpcOfHttp: ReadonlyMap<number, number> = new Map([
  [400, grpcStatus.invalidArgument],
  [401, grpcStatus.unauthenticated],
  [403, grpcStatus.permissionDenied],
  [404, grpcStatus.unimplemented],
  [413, grpcStatus.resourceExhausted],
  [429, grpcStatus.resourceExhausted],
  [502, grpcStatus.unavailable],
  [503, grpcStatus.unavailable],
  [504, grpcStatus.unavailable],
])

/** The gRPC status that stands in the body of an HTTP answer; `UNKNOWN` where OTLP names none. */
export function grpcStatusOf(http: number): number {
  return grpcOfHttp.get(http) ?? grpcStatus.unknown
}
