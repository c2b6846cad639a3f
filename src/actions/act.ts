import type { AttributeEdit, AttributeValue } from '../pdata/overlay.ts'
import type { Action, Source } from './action.ts'
import type { ClientContext } from './client-context.ts'
import { type AttributeHolder, Current } from './current.ts'
import { converted, hashed } from './values.ts'

/** Runs actions on an item, in their order, and hands out what has changed in the end. */
export type Act = (
  holder: AttributeHolder,
  client: ClientContext | undefined,
  edit: (edit: AttributeEdit) => void,
) => void

/** Compiles a list of actions; what it returns is used for one item at a time. */
export function compileActions(actions: readonly Action[]): Act {
  const current = new Current(actions.flatMap(keysOf))
  return (holder, client, edit) => {
    current.begin(holder)
    for (const action of actions) run(action, current, client)
    current.forEachEdit(edit)
  }
}

function keysOf(action: Action): string[] {
  const own = action.key === undefined ? [] : [action.key]
  if (action.kind === 'extract') return [...own, ...action.pattern.groups]
  return 'source' in action && action.source.kind === 'attribute'
    ? [...own, action.source.key]
    : own
}

function run(action: Action, current: Current, client: ClientContext | undefined): void {
  switch (action.kind) {
    case 'insert':
    case 'update':
    case 'upsert': {
      const isWanted =
        action.kind === 'upsert' || current.has(action.key) === (action.kind === 'update')
      if (!isWanted) return
      const value = valueFrom(action.source, current, client) ?? action.fallback
      if (value !== undefined) current.set(action.key, value)
      return
    }
    case 'delete':
      if (action.key !== undefined) current.remove(action.key)
      if (action.pattern !== undefined) {
        current.matching(action.pattern, (key) => current.drop(key))
      }
      return
    case 'hash':
      if (action.key !== undefined && current.has(action.key)) {
        current.set(action.key, hashOf(current.get(action.key)))
      }
      if (action.pattern !== undefined) {
        current.matching(action.pattern, (key, value) => current.set(key, hashOf(value)))
      }
      return
    case 'extract':
      return extract(action, current)
    case 'convert': {
      const value = current.get(action.key)
      const result = value === undefined ? undefined : converted(value, action.to)
      if (result !== undefined) current.set(action.key, result)
    }
  }
}

function valueFrom(
  source: Source,
  current: Current,
  client: ClientContext | undefined,
): AttributeValue | undefined {
  if (source.kind === 'value') return source.value
  if (source.kind === 'attribute') return current.get(source.key)
  return client === undefined ? undefined : source.read(client)
}

function hashOf(value: AttributeValue | undefined): string {
  return value === undefined ? '' : hashed(value)
}

function extract({ key, pattern }: Action & { kind: 'extract' }, current: Current): void {
  const text = current.get(key)
  const caught = typeof text === 'string' ? pattern.capture(text) : undefined
  if (caught === undefined) return
  for (const [at, name] of pattern.groups.entries()) current.set(name, caught[at] ?? '')
}
