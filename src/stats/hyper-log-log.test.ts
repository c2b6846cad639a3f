import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { estimate, join, observe, registerCount } from './hyper-log-log.ts'

function registersOf(from: number, upTo: number): Uint8Array {
  const registers = new Uint8Array(registerCount)
  for (let n = from; n < upTo; n++) {
    const hash = createHash('sha1').update(String(n)).digest()
    observe(registers, hash.readUInt32BE(0), hash.readUInt32BE(4))
  }
  return registers
}

test.each([0, 1, 10, 100, 1_000, 10_000, 100_000])('estimates %i within three errors', (n) => {
  expect(Math.abs(estimate(registersOf(0, n)) - n)).toBeLessThanOrEqual(n * 3 * 0.01625)
})

test('joined registers are those of everything', () => {
  const registers = registersOf(0, 3_000)
  join(registers, registersOf(2_000, 5_000))
  expect(registers).toEqual(registersOf(0, 5_000))
})
