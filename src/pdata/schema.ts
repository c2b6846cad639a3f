import { definitions, enums } from './messages.ts'
import type { Signal } from './signal.ts'

const scalarTypes = [
  'string',
  'bytes',
  'id16',
  'id8',
  'bool',
  'int32',
  'uint32',
  'sint32',
  'enum',
  'int64',
  'uint64',
  'fixed32',
  'fixed64',
  'sfixed64',
  'double',
] as const

/** How a scalar is written; ids are bytes of a fixed length, shown as hex in JSON. */
export type ScalarType = (typeof scalarTypes)[number]

export interface Field {
  readonly number: number
  /** lowerCamelCase, as in OTLP/JSON. */
  readonly name: string
  readonly type: ScalarType
  /** Set for embedded messages, whose `type` is then `bytes`. */
  readonly message: MessageType | undefined
  readonly repeated: boolean
  /** A zero is information: `optional`, or a member of a oneof. */
  readonly explicit: boolean
  /** The enum's names by value. */
  readonly enumNames: readonly string[] | undefined
}

export interface MessageType {
  readonly name: string
  readonly fields: readonly Field[]
  /** By lowerCamelCase and by snake_case. */
  readonly byName: ReadonlyMap<string, Field>
  readonly byNumber: ReadonlyMap<number, Field>
  /** What `validate` does with a tag below 256: a `Check`. */
  readonly checks: Uint8Array
  /** The embedded message of a tag below 256. */
  readonly children: readonly (MessageType | undefined)[]
  /** A bit per singular message and per oneof: seen twice, the message has to be merged. */
  readonly once: Int32Array
  readonly counts: 'item' | 'resource' | undefined
  readonly deepens: boolean
  readonly isAttribute: boolean
}

/** What has to hold for a field's value. */
export const check = {
  unknown: 0,
  varint: 1,
  fixed64: 2,
  fixed32: 3,
  length: 4,
  id16: 5,
  id8: 6,
  message: 7,
  packedVarint: 8,
  packedFixed64: 9,
} as const

const messages = compile(definitions)

/** The request message of each signal: the root that decoding starts from. */
export const requests: Readonly<Record<Signal, MessageType>> = {
  traces: message('TracesRequest'),
  logs: message('LogsRequest'),
  metrics: message('MetricsRequest'),
}

function message(name: string): MessageType {
  const found = messages.get(name)
  if (found === undefined) throw new Error(`the schema has no message ${name}`)
  return found
}

function compile(text: string): ReadonlyMap<string, MessageType> {
  const lines = text.trim().split('\n')
  const shells = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')),
      shellOf(line.slice(0, line.indexOf(':'))),
    ]),
  )
  for (const line of lines) {
    const [name = '', ...rest] = line.split(': ')
    const shell = shells.get(name)
    if (shell === undefined) continue
    for (const item of rest.join(': ').split(', ')) addField(shell, parseField(item, shells))
  }
  return shells
}

type Shell = ReturnType<typeof shellOf>

function shellOf(name: string) {
  const isItem = name === 'Span' || name === 'LogRecord' || name.endsWith('DataPoint')
  const isResource = /^Resource./.test(name)
  const counts: 'item' | 'resource' | undefined = isItem
    ? 'item'
    : isResource
      ? 'resource'
      : undefined
  return {
    name,
    fields: [] as Field[],
    byName: new Map<string, Field>(),
    byNumber: new Map<number, Field>(),
    checks: new Uint8Array(256),
    children: new Array<MessageType | undefined>(256).fill(undefined),
    once: new Int32Array(256),
    counts,
    deepens: name === 'AnyValue',
    isAttribute: name === 'KeyValue',
  }
}

function parseField(text: string, shells: ReadonlyMap<string, MessageType>) {
  const [number = '', snake = '', spec = ''] = text.split(' ')
  const mark = /[*?|]$/.exec(spec)?.[0] ?? ''
  const [typeName = '', enumName = ''] = spec.slice(0, spec.length - mark.length).split(':')
  const message = shells.get(typeName)
  const field: Field = {
    number: Number(number),
    name: snake.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    type: scalarTypes.find((type) => type === typeName) ?? 'bytes',
    message,
    repeated: mark === '*',
    explicit: mark === '?' || mark === '|',
    enumNames: enums[enumName]?.map((name) => `${enumName}_${name}`),
  }
  return { field, snake, isOneof: mark === '|' }
}

function addField(shell: Shell, { field, snake, isOneof }: ReturnType<typeof parseField>): void {
  shell.fields.push(field)
  shell.byName.set(field.name, field)
  shell.byName.set(snake, field)
  shell.byNumber.set(field.number, field)
  const wire = wireTypeOf(field)
  const tag = wireTag(field.number, wire)
  shell.checks[tag] = checkOf(field, wire)
  shell.children[tag] = field.message
  if (isOneof) shell.once[tag] = 1
  else if (field.message && !field.repeated) shell.once[tag] = 1 << field.number
  if (field.repeated && wire !== 2) {
    shell.checks[wireTag(field.number, 2)] = wire === 0 ? check.packedVarint : check.packedFixed64
  }
}

/**
 * Where a field stands in tables that are indexed by tag. No OTLP field number is above 16, so 256
 * entries are enough.
 */
export function wireTag(number: number, wireType: number): number {
  return (number << 3) | wireType
}

export function wireTypeOf(field: Field): 0 | 1 | 2 | 5 {
  if (field.message) return 2
  switch (field.type) {
    case 'string':
    case 'bytes':
    case 'id16':
    case 'id8':
      return 2
    case 'fixed32':
      return 5
    case 'fixed64':
    case 'sfixed64':
    case 'double':
      return 1
    default:
      return 0
  }
}

function checkOf(field: Field, wire: number): number {
  if (field.message) return check.message
  if (field.type === 'id16') return check.id16
  if (field.type === 'id8') return check.id8
  if (wire === 2) return check.length
  if (wire === 5) return check.fixed32
  return wire === 1 ? check.fixed64 : check.varint
}
