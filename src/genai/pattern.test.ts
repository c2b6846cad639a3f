import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePattern } from './pattern.ts'

test.each<[pattern: string, fits: string[], doesNot: string[]]>([
  ['agent', ['agent'], ['agents', 'Agent', '']],
  ['mlflow*', ['mlflow', 'mlflow.openai'], ['my-mlflow', 'mlflo']],
  ['*.agent', ['.agent', 'a.agent', 'a.agent.agent'], ['a.agents', 'agent']],
  ['ai.*.doEmbed', ['ai.embed.doEmbed'], ['ai.doEmbed', 'ai.embed']],
  ['running * tools', ['running 3 tools'], ['running tools', 'running 3 tools.']],
  ['delegation:*->*', ['delegation:A->B', 'delegation:->'], ['delegation:A', 'delegation:>-']],
  ['a*a', ['aa', 'aba'], ['a']],
  ['*ab*b', ['abb', 'xabxb'], ['ab', 'bab']],
])('%s fits %j and not %j', (pattern, fits, doesNot) => {
  const compiled = compilePattern(pattern)
  expect(fits.filter((text) => !compiled(text))).toEqual([])
  expect(doesNot.filter(compiled)).toEqual([])
})

test('a pattern fits what an equal regular expression fits', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
  fc.assert(
    fc.property(text, text, (pattern, tried) => {
      const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(tried)
      expect(compilePattern(pattern)(tried)).toBe(expected)
    }),
  )
})
