import type { AttributeMatcher, AttributeSlots, ValueView } from '../pdata/attributes.ts'
import type { ResourceView, ScopeView } from '../pdata/envelope.ts'
import { enums } from '../pdata/messages.ts'
import type { Value } from './value.ts'

/** Anything whose attributes can be asked for. */
export interface AttributeHolder {
  attributes(matcher: AttributeMatcher): AttributeSlots
}

/** What conditions over one sort of item can say. */
export interface Context<V> {
  /** The name that may stand before its own paths: `span.name` is `name`. */
  readonly prefix: string
  readonly paths: ReadonlyMap<string, (view: V) => Value>
  /** Paths that may hold a value of any kind. */
  readonly values: ReadonlyMap<string, (view: V) => ValueView | undefined>
  /** Paths with a key behind them. */
  readonly maps: ReadonlyMap<string, (view: V) => AttributeHolder>
  /** Functions without arguments. */
  readonly tests: ReadonlyMap<string, (view: V) => boolean>
  readonly enums: ReadonlyMap<string, number>
}

interface Enveloped extends AttributeHolder {
  readonly resource: ResourceView
  readonly scope: ScopeView
}

/** What every item knows: its own attributes, its resource and its scope. */
export function sharedPaths<V extends Enveloped>() {
  const paths: [string, (view: V) => Value][] = [
    ['resource.schema_url', (it) => it.resource.schemaUrl()],
  ]
  const maps: [string, (view: V) => AttributeHolder][] = [
    ['attributes', (it) => it],
    ['resource.attributes', (it) => it.resource],
  ]
  for (const scope of ['instrumentation_scope', 'scope']) {
    paths.push([`${scope}.name`, (it) => it.scope.name()])
    paths.push([`${scope}.version`, (it) => it.scope.version()])
    maps.push([`${scope}.attributes`, (it) => it.scope])
  }
  return { paths, maps }
}

/** The names of an enum of OTLP, with its prefix, and their numbers. */
export function enumNames(prefix: string): [string, number][] {
  return (enums[prefix] ?? []).map((name, number) => [`${prefix}_${name}`, number])
}
