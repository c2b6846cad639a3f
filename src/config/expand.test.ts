import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { check } from './check.ts'
import { expand } from './expand.ts'
import { parseYaml } from './yaml-tree.ts'

const types = {
  int: z.int(),
  string: z.string(),
  bool: z.boolean(),
  list: z.array(z.string()),
  any: z.unknown(),
  choice: z.enum(['1', '2', 'true']),
}
type Env = Record<string, string>

test.each([
  ['123', 123],
  ['0123', 83],
  ['0xdeadbeef', 3735928559],
])('%s from the environment is the int %d', async (value, int) => {
  expect(await read('int', '${env:ENV}', { ENV: value })).toBe(int)
})

test.each([
  '123',
  '0123',
  '0xdeadbeef',
  '"0123"',
  '!!str 0123',
  '["a",',
  '[x,y/z]',
  '1111:1111::',
  '2006-01-02T15:04:05Z07:00',
  'true',
  'null',
  '{a: b}',
  '@token',
])(
  '%s from the environment is the same text in a string field and inside a string',
  async (value) => {
    expect(await read('string', '${env:ENV}', { ENV: value })).toBe(value)
    expect(await read('string', 'a ${env:ENV} b', { ENV: value })).toBe(`a ${value} b`)
  },
)

test.each([
  ['int', '"0123"', "expected type 'int', got unconvertible type 'string'"],
  ['bool', 't', "expected type 'bool', got unconvertible type 'string'"],
  ['bool', '23', "expected type 'bool', got unconvertible type 'int'"],
  ['string', 'true # comment ${env:a.b}', "expected type 'string', got unconvertible type 'bool'"],
] as const)('into %s, %s is an error', async (type, value, message) => {
  await expect(read(type, '${env:ENV}', { ENV: value })).rejects.toThrow(message)
})

test('a comment behind a bool does not matter to a bool, and is expanded inside a string', async () => {
  const env = { ENV: 'true # comment ${env:a.b}' }
  expect(await read('bool', '${env:ENV}', env)).toBe(true)
  const sentence = 'environment variable "a.b" has invalid name: must match regex'
  await expect(read('string', 'a ${env:ENV} b', env)).rejects.toThrow(sentence)
})

test('a choice between strings takes the text, too', async () => {
  expect(await read('choice', '${env:ENV}', { ENV: '1' })).toBe('1')
  expect(await read('choice', '${env:ENV}', { ENV: 'true' })).toBe('true')
})

test('a list from the environment fills a list', async () => {
  expect(await read('list', '${env:ENV}', { ENV: '[x,y/z]' })).toEqual(['x', 'y/z'])
})

test('references in what a reference brings are expanded too', async () => {
  const env = { ENV: '[a,${env:OTHER}]', LIST: '[a,"${env:OTHER}"]', OTHER: 'b' }
  expect(await read('string', '${env:ENV}', env)).toBe('[a,b]')
  expect(await read('string', '${env:LIST}', env)).toBe('[a,"b"]')
  expect(await read('list', '${env:LIST}', env)).toEqual(['a', 'b'])
})

test.each([
  ['$$ENV', '$ENV'],
  ['$${ENV}', '${ENV}'],
  ['$${env:ENV}', '${env:ENV}'],
])('%s brought by a reference becomes %s', async (value, text) => {
  expect(await read('string', '${env:V}', { V: value, ENV: 'x' })).toBe(text)
  expect(await read('string', 'a ${env:V} b', { V: value, ENV: 'x' })).toBe(`a ${text} b`)
})

test.each([
  ['$$ENV_VALUE', '$ENV_VALUE'],
  ['$$$$ENV_VALUE', '$$ENV_VALUE'],
  ['$$${ENV_VALUE}', '$v'],
  ['some$${ENV_VALUE}text', 'some${ENV_VALUE}text'],
  ['text$$', 'text$'],
  ['$${1}$${env:2}', '${1}${env:2}'],
  ['$${env:${ENV_VALUE}}', '${env:v}'],
  ['$ENV_VALUE', '$ENV_VALUE'],
  ['${env:UNDEF:-d}', 'd'],
  ['${env:UNDEF:-$${env:UNDEF}}', '${env:UNDEF:-${env:UNDEF}}'],
  ['$${A} ${ENV_VALUE}', '${A} v'],
  ['${env:UNDEF:-}', ''],
  ['a${env:EMPTY:-d}b', 'ab'],
  ['${ENV_VALUE}', 'v'],
  ['${env:${NAME}}', 'v'],
  ['${yaml:text}', 'text'],
])('%s in the file becomes %s', async (written, text) => {
  const env = { ENV_VALUE: 'v', EMPTY: '', NAME: 'ENV_VALUE' }
  expect(await read('string', written, env)).toBe(text)
})

test.each([
  ['${env:A$B}', `the uri "env:A$B" contains unsupported characters ('$')`],
  ['${foo:bar}', 'scheme "foo" is not supported for uri "foo:bar"'],
  ['${A:-b}', 'invalid uri: "A:-b"'],
  ['${AB:-b}', 'scheme "AB" is not supported for uri "AB:-b"; write ${env:AB:-b}'],
  [
    '${env:1}',
    'environment variable "1" has invalid name: must match regex ^[a-zA-Z_][a-zA-Z0-9_]*$',
  ],
  ['${https://x}', 'scheme "https" is not supported for uri "https://x": it is not enabled'],
  [
    '${file:missing.yaml}',
    'unable to read the file file:missing.yaml: ENOENT: no such file or directory',
  ],
  ['${env:LOOP}', 'too many recursive expansions'],
  ['${env:GROW}', 'too many recursive expansions'],
  ['${env:TREE}', 'too many recursive expansions'],
])('%s is an error', async (written, message) => {
  const env = { LOOP: '${env:LOOP}', GROW: 'x${env:GROW}', TREE: '["${env:TREE}", "${env:TREE}"]' }
  await expect(read('any', written, env)).rejects.toThrow(message)
})

test('an unset variable is null with a warning, an empty one null with a hint', async () => {
  const { tree, problems } = await expanded('v: ["${env:UNSET}", "${env:EMPTY}"]', { EMPTY: '' })
  expect(check(types.any, tree, [], 'test').config).toEqual({ v: [null, null] })
  expect(problems).toMatchObject([
    { severity: 'warning', message: 'Configuration references unset environment variable UNSET' },
    { severity: 'info', message: 'Configuration references empty environment variable EMPTY' },
  ])
})

test('an unset variable takes the place of no value: defaults count, what is required is missing', async () => {
  const { tree } = await expanded('v: ${env:UNSET}', {})
  const optional = z.strictObject({ v: z.string().default('d') })
  expect(check(optional, tree, [], 'test').config).toEqual({ v: 'd' })
  await expect(read('string', '${env:UNSET}', {})).rejects.toThrow(
    'is required, and the environment variable UNSET is not set',
  )
  expect(await read('string', '${env:EMPTY}', { EMPTY: '' })).toBe('')
})

test('a file is included whole, or as text without its last line break', async () => {
  expect(await read('any', '${file:map.yaml}', {})).toEqual({ a: 1 })
  expect(await read('string', 'Bearer ${file:token}', {})).toBe('Bearer canary')
})

test('keys are never expanded', async () => {
  const { tree } = await expanded('${env:A}: 1', { A: 'a' })
  expect(check(types.any, tree, [], 'test').config).toEqual({ '${env:A}': 1 })
})

test('expansion ends, whatever references what', async () => {
  const piece = fc.constantFrom(
    '${env:A}',
    '${B}',
    '${env:${C}}',
    '$',
    '{',
    '}',
    '[',
    ']',
    ',',
    'x',
    ' ',
  )
  const text = fc.array(piece, { maxLength: 6 }).map((it) => it.join(''))
  await fc.assert(
    fc.asyncProperty(text, text, text, text, async (A, B, C, value) => {
      const started = performance.now()
      const yaml = `v: ${JSON.stringify(value)}`
      await expanded(yaml, { A, B, C })
      expect(performance.now() - started).toBeLessThan(20_000)
    }),
    { numRuns: 60 },
  )
})

async function expanded(text: string, env: Env) {
  const { tree } = parseYaml({ label: 'test.yaml', text })
  if (tree === undefined) throw new Error('no YAML')
  return expand(tree, { env, readFile })
}

/** The value as a field of this type sees it; throws the first problem's sentence. */
async function read(type: keyof typeof types, written: string, env: Env): Promise<unknown> {
  const { tree, problems } = await expanded(`v: ${JSON.stringify(written)}`, env)
  const checked = check(z.strictObject({ v: types[type] }), tree, [], 'test')
  const [first] = [...problems, ...checked.problems].filter((it) => it.severity === 'error')
  if (first !== undefined) throw new Error(first.message)
  return checked.config?.v
}

async function readFile(path: string): Promise<string> {
  const files: Record<string, string> = { 'map.yaml': 'a: 1\n', token: 'canary\n' }
  const text = files[path]
  if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
  return text
}
