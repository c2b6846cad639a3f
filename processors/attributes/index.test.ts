import { expect, test } from 'vitest'
import { type Batch, telemetryBatch } from '../../src/component/batch.ts'
import { fromJson } from '../../src/pdata/json.ts'
import { forEachLogRecord } from '../../src/pdata/logs.ts'
import { forEachDataPoint } from '../../src/pdata/metrics.ts'
import type { AttributeValue } from '../../src/pdata/overlay.ts'
import { decode } from '../../src/pdata/payload.ts'
import { forEachSpan } from '../../src/pdata/spans.ts'
import { testSettings } from '../../test/support/settings.ts'
import { config } from './config.ts'
import { attributesProcessor } from './index.ts'

test('insert adds what is missing, update changes what is there, upsert does both', () => {
  const before = { a: { stringValue: 'old' } }
  const of = (action: string, key: string) => act([{ action, key, value: 'new' }], before)
  expect(of('insert', 'a')).toEqual({ a: 'old' })
  expect(of('insert', 'b')).toEqual({ a: 'old', b: 'new' })
  expect(of('update', 'a')).toEqual({ a: 'new' })
  expect(of('update', 'b')).toEqual({ a: 'old' })
  expect(of('upsert', 'a')).toEqual({ a: 'new' })
  expect(of('UPSERT', 'b')).toEqual({ a: 'old', b: 'new' })
})

test('values keep the type that YAML gives them', () => {
  const value = (it: unknown) => act([{ action: 'insert', key: 'a', value: it }], {}).a
  expect(value(true)).toBe(true)
  expect(value(5)).toBe(5n)
  expect(value(0.5)).toBe(0.5)
  expect(value(['x', 1])).toEqual(['x', 1n])
  expect(value({ x: { y: 'z' } })).toEqual({ x: { y: 'z' } })
})

test('a value may come from another attribute, as earlier actions left it', () => {
  const actions = [
    { action: 'upsert', key: 'b', from_attribute: 'a' },
    { action: 'upsert', key: 'a', value: 2 },
    { action: 'insert', key: 'c', from_attribute: 'a' },
    { action: 'insert', key: 'd', from_attribute: 'missing' },
    { action: 'insert', key: 'e', from_attribute: 'missing', default_value: 'none' },
  ]
  expect(act(actions, { a: { intValue: '1' } })).toEqual({ a: 2n, b: 1n, c: 2n, e: 'none' })
})

test('a value may come from the request\u2019s metadata, where the receiver has kept it', () => {
  const actions = [
    { action: 'insert', key: 'tenant', from_context: 'metadata.X-Tenant' },
    { action: 'insert', key: 'peer', from_context: 'client.address' },
    { action: 'insert', key: 'plain', from_context: 'x-tenant' },
    { action: 'insert', key: 'none', from_context: 'metadata.other' },
  ]
  const headers = new Map([['x-tenant', ['a', 'b']]])
  const metadata = { headers, address: '10.0.0.1' }
  expect(act(actions, {}, { metadata })).toEqual({
    tenant: 'a;b',
    peer: '10.0.0.1',
    plain: 'a;b',
  })
  expect(act(actions, {})).toEqual({})
})

test('delete takes a key, and every key with the pattern', () => {
  const before = { a: { intValue: '1' }, 'x.one': {}, 'x.two': { boolValue: true }, z: {} }
  expect(act([{ action: 'delete', key: 'a', pattern: '^x\\.' }], before)).toEqual({ z: undefined })
})

test('what a pattern has deleted can be inserted again, and is matched as it is then', () => {
  const actions = [
    { action: 'delete', pattern: 'x' },
    { action: 'insert', key: 'x', value: 'new' },
    { action: 'hash', pattern: '^x$' },
  ]
  expect(act(actions, { x: { stringValue: 'old' }, xx: {} })).toEqual({ x: sha256OfNew })
})

/** `printf new | sha256sum` */
const sha256OfNew = '11507a0e2f5e69d5dfa40a62a1bd7b6ee57e6bcd85c67c9b8431b36fff21c437'

test('hash is SHA-256 of text, of one byte for a bool, of eight for a number', () => {
  const hash = (value: object) => act([{ action: 'hash', key: 'a' }], { a: value }).a
  // printf abc | sha256sum; printf '\1' | sha256sum; printf '\1\0\0\0\0\0\0\0' | sha256sum
  expect(hash({ stringValue: 'abc' })).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
  expect(hash({ boolValue: true })).toBe(
    '4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a',
  )
  expect(hash({ intValue: '1' })).toBe(
    '7c9fa136d4413fa6173637e883b6998d32e1d675f88cddff9dcbcf331820f4b8',
  )
  expect(hash({ arrayValue: { values: [{ stringValue: 'secret' }] } })).toBe('')
  expect(hash({})).toBe('')
})

test('extract sets one attribute for each named group, and only from text', () => {
  const actions = [
    { action: 'extract', key: 'path', pattern: '^/api/(?P<version>v\\d+)/(?P<rest>.*)$' },
  ]
  const path = { stringValue: '/api/v2/users' }
  expect(act(actions, { path, version: { intValue: '1' } })).toEqual({
    path: '/api/v2/users',
    version: 'v2',
    rest: 'users',
  })
  expect(act(actions, { path: { stringValue: '/other' } })).toEqual({ path: '/other' })
  expect(act(actions, { path: { intValue: '1' } })).toEqual({ path: 1n })
})

test('convert changes what can be converted and leaves the rest', () => {
  const convert = (converted_type: string, value: object) =>
    act([{ action: 'convert', key: 'a', converted_type }], { a: value }).a
  expect(convert('int', { stringValue: '200' })).toBe(200n)
  expect(convert('int', { stringValue: '2e2' })).toBe('2e2')
  expect(convert('int', { stringValue: '99999999999999999999' })).toBe('99999999999999999999')
  expect(convert('int', { doubleValue: -1.9 })).toBe(-1n)
  expect(convert('int', { boolValue: true })).toBe(1n)
  expect(convert('double', { stringValue: '2.5' })).toBe(2.5)
  expect(convert('double', { intValue: '3' })).toBe(3)
  expect(convert('double', { stringValue: 'x' })).toBe('x')
  expect(convert('string', { intValue: '9007199254740993' })).toBe('9007199254740993')
  expect(convert('string', { doubleValue: 0.5 })).toBe('0.5')
  const values = [{ intValue: '1' }, { stringValue: 'x' }]
  expect(convert('string', { arrayValue: { values } })).toBe('[1,"x"]')
})

test('log records and data points are changed like spans', () => {
  const { map } = create({ actions: [{ action: 'insert', key: 'a', value: 'b' }] })
  for (const signal of ['logs', 'metrics'] as const) {
    const changed = map(items(signal, {}))
    if (!('origins' in changed)) throw new Error('nothing is dropped')
    expect(attributesOf(changed)).toEqual([{ a: 'b' }])
  }
})

test('include and exclude tell which items are meant', () => {
  const changes = (written: object, attributes: object = {}, name = 'chat gpt-5') => {
    const actions = [{ action: 'upsert', key: 'meant', value: true }]
    return act(actions, attributes, { written, name }).meant === true
  }
  const strict = { match_type: 'strict' }
  const regexp = { match_type: 'regexp' }
  expect(changes({ include: { ...strict, services: ['bot', 'support-bot'] } })).toBe(true)
  expect(changes({ include: { ...strict, services: ['support'] } })).toBe(false)
  expect(changes({ include: { ...regexp, services: ['^support'] } })).toBe(true)
  expect(changes({ include: { ...strict, span_names: ['chat gpt-5'] } })).toBe(true)
  expect(changes({ exclude: { ...regexp, span_names: ['^chat'] } })).toBe(false)
  expect(changes({ include: { ...strict, metric_names: ['chat gpt-5'] } })).toBe(false)
  const attributes = [{ key: 'a', value: 1 }, { key: 'b' }]
  expect(changes({ include: { ...strict, attributes } }, { a: { intValue: '1' } })).toBe(false)
  const both = { a: { intValue: '1' }, b: {} }
  expect(changes({ include: { ...strict, attributes } }, both)).toBe(true)
  expect(changes({ include: { ...regexp, attributes: [{ key: 'a', value: '^1$' }] } }, both)).toBe(
    true,
  )
  const resources = [{ key: 'service.name', value: 'support-bot' }]
  expect(changes({ include: { ...strict, resources, span_names: ['other'] } })).toBe(false)
  expect(changes({ include: { ...strict, resources }, exclude: { ...strict, resources } })).toBe(
    false,
  )
})

test('a batch that nothing changes is the same batch, and hostile texts cost linear time', () => {
  const actions = [{ action: 'extract', key: 'a', pattern: '(?P<x>(?:a+)+$)' }]
  const { map: extract } = create({ actions })
  const hostile = items('traces', { a: { stringValue: `${'a'.repeat(50_000)}!` } })
  expect(extract(hostile)).toBe(hostile)
})

test('actions that hide something fail closed', () => {
  const onError = (action: object) =>
    attributesProcessor.create(config.parse({ actions: [action] }), testSettings())
  expect(onError({ action: 'delete', key: 'a' })).toMatchObject({ onError: 'closed' })
  expect(onError({ action: 'hash', key: 'a' })).toMatchObject({ onError: 'closed' })
  expect(onError({ action: 'insert', key: 'a', value: 1 })).toMatchObject({ onError: 'open' })
})

test('mistakes are told by their place', () => {
  const problems = (written: object) =>
    config.safeParse(written).error?.issues.map((it) => `${it.path.join('.')}: ${it.message}`)
  const action = (it: object) => problems({ actions: [it] })
  expect(action({ action: 'insert', key: 'a' })).toEqual([
    'actions.0.value: is required: write value, from_attribute or from_context',
  ])
  expect(action({ action: 'insert', key: 'a', value: 1, from_attribute: 'b' })).toHaveLength(1)
  expect(action({ action: 'insert', value: 1 })).toEqual(['actions.0.key: is required'])
  expect(action({ action: 'delete' })).toEqual([
    'actions.0.key: is required: delete needs key, pattern or both',
  ])
  expect(action({ action: 'hash', key: 'a', value: 1 })).toEqual([
    'actions.0.value: is not used by hash; it has key, pattern',
  ])
  expect(action({ action: 'delete', pattern: '(' })).toEqual([
    'actions.0.pattern: is no valid pattern: missing closing ): `(`',
  ])
  expect(action({ action: 'extract', key: 'a', pattern: 'x' })).toEqual([
    'actions.0.pattern: contains no named matcher groups',
  ])
  expect(action({ action: 'extract', key: 'a', pattern: '(?P<a>x)(y)' })).toHaveLength(1)
  expect(action({ action: 'convert', key: 'a' })).toEqual(['actions.0.converted_type: is required'])
  expect(action({ action: 'insert', key: 'a', from_context: 'auth.subject' })?.[0]).toContain(
    'comes later',
  )
  const actions = [{ action: 'delete', key: 'a' }]
  expect(problems({ actions, include: { match_type: 'strict' } })?.[0]).toContain('says nothing')
  const services = ['ok', '(']
  expect(problems({ actions, include: { match_type: 'regexp', services } })?.[0]).toContain(
    'include.services.1: is no valid pattern',
  )
  const libraries = { match_type: 'strict', libraries: [{ name: 'x' }] }
  expect(problems({ actions, include: libraries })?.[0]).toContain('comes later')
})

interface Options {
  readonly written?: object
  readonly name?: string
  readonly metadata?: NonNullable<Batch['metadata']>
}

/** What one span has after the actions. */
function act(actions: object[], attributes: object, options: Options = {}) {
  const batch = items('traces', attributes, options.name)
  const { metadata } = options
  const changed = create({ actions, ...options.written }).map(
    metadata === undefined ? batch : { ...batch, metadata },
  )
  if (!('origins' in changed)) throw new Error('nothing is dropped')
  return attributesOf(changed)[0] ?? {}
}

function create(written: object) {
  const processor = attributesProcessor.create(config.parse(written), testSettings())
  if (processor.kind !== 'map') throw new Error('attributes is a map')
  return processor
}

function items(signal: 'traces' | 'logs' | 'metrics', values: object, name = 'chat gpt-5') {
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }))
  const service = { key: 'service.name', value: { stringValue: 'support-bot' } }
  const resource = { attributes: [service] }
  const json = {
    traces: { resourceSpans: [{ resource, scopeSpans: [{ spans: [{ name, attributes }] }] }] },
    logs: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ attributes }] }] }] },
    metrics: {
      resourceMetrics: [
        {
          resource,
          scopeMetrics: [{ metrics: [{ name, gauge: { dataPoints: [{ attributes }] } }] }],
        },
      ],
    },
  }[signal]
  return telemetryBatch(decode(signal, fromJson(signal, JSON.stringify(json))))
}

function attributesOf(batch: Batch): { [key: string]: AttributeValue | undefined }[] {
  const all: { [key: string]: AttributeValue | undefined }[] = []
  if (batch.kind === 'alerts') return all
  const forEach = { traces: forEachSpan, logs: forEachLogRecord, metrics: forEachDataPoint }
  forEach[batch.kind](batch.payload, (item) => {
    const shown: { [key: string]: AttributeValue | undefined } = {}
    item.forEachAttribute((key, value) => {
      shown[key] = value.toValue()
    })
    all.push(shown)
  })
  return all
}
