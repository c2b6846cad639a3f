import { errors } from 'undici'
import { expect, test } from 'vitest'
import { isUnsendable } from './http-client-error.ts'

test.each([
  [new errors.InvalidArgumentError('invalid x header'), true],
  [new errors.NotSupportedError('expect header not supported'), true],
  [new errors.SocketError('other side closed'), false],
  [new errors.HeadersTimeoutError(), false],
  [new DOMException('too late', 'TimeoutError'), false],
])('a request that ended with %o can never be sent: %s', (cause, expected) => {
  expect(isUnsendable(cause)).toBe(expected)
})
