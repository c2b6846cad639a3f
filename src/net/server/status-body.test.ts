import protobuf from 'protobufjs'
import { expect, test } from 'vitest'
import { grpcStatusOf, httpStatusOf } from './grpc-status.ts'
import { statusBody } from './status-body.ts'

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Any { string type_url = 1; bytes value = 2; }
  message Status { int32 code = 1; string message = 2; repeated Any details = 3; }
  message FieldViolation { string field = 1; string description = 2; }
  message BadRequest { repeated FieldViolation field_violations = 1; }`)
const read = (type: string, bytes: Uint8Array) => {
  const message = root.lookupType(type)
  return message.toObject(message.decode(bytes))
}

test.each(['short', 'ü'.repeat(200), 'x'.repeat(1000)])('protobuf reads back %#', (message) => {
  const status = { code: 3, message, badField: 'resourceSpans[0]' }
  const { code, message: told, details } = read('Status', statusBody(status, 'protobuf'))
  expect([code, told]).toEqual([3, message])
  expect(details[0].typeUrl).toBe('type.googleapis.com/google.rpc.BadRequest')
  expect(read('BadRequest', details[0].value)).toEqual({
    fieldViolations: [{ field: 'resourceSpans[0]', description: message }],
  })
})

test('without a field at fault there are no details', () => {
  const status = { code: 14, message: 'full' }
  expect(read('Status', statusBody(status, 'protobuf'))).toEqual(status)
  expect(JSON.parse(statusBody(status, 'json').toString())).toEqual(status)
})

test('statuses of gRPC and HTTP are mapped as OTLP says', () => {
  expect([1, 4, 10, 11, 14, 15].map(httpStatusOf)).toEqual([503, 503, 503, 503, 503, 503])
  expect([8, 3, 16, 7, 12, 13, 2].map(httpStatusOf)).toEqual([429, 400, 401, 403, 404, 500, 500])
  expect([400, 401, 403, 404, 429, 502, 503, 504, 405].map(grpcStatusOf)).toEqual([
    3, 16, 7, 12, 8, 14, 14, 14, 2,
  ])
})
