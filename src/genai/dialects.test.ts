import { expect, test } from 'vitest'
import { names } from '../facts/names.ts'
import { dialectNames } from './dialect.ts'
import { dialects } from './dialects.ts'
import { operations } from './operation.ts'
import { operationKeys } from './operation-of.ts'
import { precedence, resourcePrecedence } from './precedence.ts'
import { recognitionKeys } from './recognise.ts'
import { resourceKeys } from './scope-dialect.ts'

test('every name of a dialect has one table', () => {
  expect(dialects.map(({ name }) => name).sort()).toEqual([...dialectNames].sort())
})

test('no key is a name that we write', () => {
  const ours: ReadonlySet<string> = new Set(Object.values(names))
  const keys = [
    ...recognitionKeys,
    ...resourceKeys,
    ...Object.values(precedence).flat(),
    ...Object.values(resourcePrecedence).flat(),
  ]
  expect(keys.filter((key) => ours.has(key))).toEqual([])
  expect(keys).toContain('agent.sre.span.kind')
})

test('no scope belongs to two dialects', () => {
  const scopes = dialects.flatMap(({ scopes = [], sharedScopes = [] }) => [
    ...scopes,
    ...sharedScopes,
  ])
  expect(scopes.filter((scope, at) => scopes.indexOf(scope) !== at)).toEqual([])
})

test('every carrier of an operation has its place in the order of trust', () => {
  const carriers = dialects.flatMap(({ operations = [] }) => operations.map(({ key }) => key))
  expect(carriers.filter((key) => !operationKeys.includes(key))).toEqual([])
})

test('every operation is reached by some spelling', () => {
  const spelt = dialects.flatMap(({ operations = [], spanNames = [] }) => [
    ...operations.flatMap(({ values }) => Object.values(values)),
    ...spanNames.map(({ operation }) => operation),
  ])
  expect(operations.filter((operation) => !spelt.includes(operation))).toEqual([])
})

test('no source names a key twice', () => {
  for (const table of [precedence, resourcePrecedence]) {
    for (const [name, keys] of Object.entries<readonly string[]>(table)) {
      expect([name, new Set(keys).size]).toEqual([name, keys.length])
    }
  }
})
