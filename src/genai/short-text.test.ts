import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shortText } from './short-text.ts'

/** The same in one line, whatever the text holds. */
function plainly(text: string): string | undefined {
  return text.slice(0, 1_024).normalize().trim().slice(0, 256) || undefined
}

test('is trimmed, in NFC and at most 256 characters long; nothing left is no text', () => {
  expect(shortText('support-bot')).toBe('support-bot')
  expect(shortText('\t support-bot \u00a0')).toBe('support-bot')
  expect(shortText('Cafe\u0301')).toBe('Caf\u00e9')
  expect(shortText(`${'a'.repeat(255)}bc`)).toBe(`${'a'.repeat(255)}b`)
  expect(shortText('')).toBeUndefined()
  expect(shortText(' \n ')).toBeUndefined()
  expect(shortText(' '.repeat(10_000_000))).toBeUndefined()
})

test('is the same for plain names as for all others', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(' a', 'a ', '\u007f', 'a\u0000', '\ud83d', `${'a'.repeat(255)}\ud83d\ude00`),
  )
  fc.assert(
    fc.property(text, text, (a, b) => {
      for (const it of [a, b, a + b]) expect(shortText(it)).toBe(plainly(it))
    }),
  )
})

test('does not keep the long text alive that it begins', () => {
  const before = process.memoryUsage().heapUsed
  const short: (string | undefined)[] = []
  for (let i = 0; i < 1_000; i++) short.push(shortText(`${i}`.padEnd(300_000, '.')))
  const grown = process.memoryUsage().heapUsed - before
  expect(short.every((text) => text?.length === 256)).toBe(true)
  expect(grown).toBeLessThan(500 * 300_000)
})
