import { expect, test } from 'vitest'
import { Hangups } from './hangups.ts'

test('hangups during the start are one reload after it, later ones a reload each', () => {
  const actors: string[] = []
  const collector = {
    reload: async (actor: string) => {
      actors.push(actor)
      return { outcome: 'unchanged' as const }
    },
  }
  const hangups = new Hangups()
  hangups.hangUp()
  hangups.hangUp()
  expect(actors).toEqual([])
  hangups.started(collector)
  expect(actors).toEqual(['system'])
  hangups.hangUp()
  expect(actors).toEqual(['system', 'system'])
})

test('no reload follows a start that no hangup came into', () => {
  const hangups = new Hangups()
  hangups.started({ reload: () => expect.unreachable() })
})
