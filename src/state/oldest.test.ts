import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Oldest } from './oldest.ts'

const keys = fc.constantFrom('a', 'b', 'c', 'd')
const step = fc.oneof(
  fc.record({ kind: fc.constant('set'), key: keys }),
  fc.record({ kind: fc.constant('delete'), key: keys }),
  fc.record({ kind: fc.constant('ask'), key: keys }),
  fc.record({ kind: fc.constant('clear'), key: keys }),
)

test('the oldest key is the one that a new iterator would give first, whatever was done between', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (steps) => {
      const map = new Map<string, number>()
      const oldest = new Oldest(map)
      for (const { kind, key } of steps) {
        if (kind === 'set') map.set(key, 1)
        else if (kind === 'delete') {
          oldest.deleted(key)
          map.delete(key)
        } else if (kind === 'clear') {
          map.clear()
          oldest.cleared()
        } else expect(oldest.key()).toBe(map.keys().next().value)
      }
      expect(oldest.key()).toBe(map.keys().next().value)
    }),
  )
})
