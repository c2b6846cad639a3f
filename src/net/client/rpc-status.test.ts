import { expect, test } from 'vitest'
import { readStatus } from './rpc-status.ts'

const type = 'type.googleapis.com/google.rpc.RetryInfo'

/** A Status with code 14 and one detail of a type; all lengths are below 128. */
function status(detailType: string, value: readonly number[]): Buffer {
  const name = Buffer.from(detailType)
  const any = [0x0a, name.length, ...name, 0x12, value.length, ...value]
  return Buffer.from([0x08, 14, 0x1a, any.length, ...any])
}

test.each([
  ['2 s', [0x0a, 2, 0x08, 2], 2000],
  ['1.5 ms', [0x0a, 5, 0x10, 0xe0, 0xc6, 0x5b, 0], undefined],
  ['500 ms', [0x0a, 6, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01], 500],
  ['nothing', [], 0],
  ['a negative delay', [0x0a, 11, 0x08, ...Array(9).fill(0xff), 0x01], 0],
  ['ages', [0x0a, 6, 0x08, 0xff, 0xff, 0xff, 0xff, 0x0f], 86_400_000],
])('reads a RetryInfo of %s', (_, value, ms) => {
  expect(readStatus('proto', status(type, value))?.retryDelayMs).toBe(ms)
})

test('another detail asks for no delay', () => {
  const read = readStatus('proto', status('t/google.rpc.BadRequest', [0x0a, 2, 0x08, 2]))
  expect(read).toEqual({ code: 14, message: '', details: ['t/google.rpc.BadRequest'] })
})

test.each([
  ['1.5s', 1500],
  ['3s', 3000],
  ['soon', undefined],
  [undefined, 0],
])('reads a RetryInfo of %s in JSON', (retryDelay, ms) => {
  const body = JSON.stringify({
    code: 8,
    message: 'busy',
    details: [{ '@type': type, retryDelay }],
  })
  expect(readStatus('json', Buffer.from(body))?.retryDelayMs).toBe(ms)
})

test.each([
  ['a type', { '@type': { toString: 1, valueOf: 1 }, retryDelay: '3s' }, [], undefined],
  ['a delay', { '@type': type, retryDelay: { toString: 1, valueOf: 1 } }, [type], undefined],
  ['a number', { '@type': 5, retryDelay: 5 }, [], undefined],
])('%s in JSON that is no text is not made one', (_, detail, details, ms) => {
  const body = Buffer.from(JSON.stringify({ code: 3, message: 'no', details: [detail] }))
  const read = readStatus('json', body)
  expect(read).toEqual({ code: 3, message: 'no', details })
  expect(read?.retryDelayMs).toBe(ms)
})

test.each([
  ['proto', Buffer.from([0xff])],
  ['proto', Buffer.from([0x1a, 5, 0x0a])],
  ['json', Buffer.from('[]')],
  ['json', Buffer.from('{"code":3}')],
] as const)('what is no Status is none: %s %#', (type, body) => {
  expect(readStatus(type, body)).toBeUndefined()
})
