import { compileMatcher } from '../pdata/attributes.ts'
import type { LogView } from '../pdata/logs.ts'
import { compileSources } from './sources.ts'
import { Values } from './values.ts'

const claudePrefix = 'claude_code.'

/**
 * The name of the event that a log record is: its field, else the attribute of older SDKs, else, for
 * Claude Code, its body. Claude Code's own names come back with their prefix, since `event.name` is
 * `api_request` there. Empty for a record that is no event.
 */
export function eventNameOf(record: LogView): string {
  const name = record.eventName() || record.attributes(names).string(nameSlot) || ''
  if (name.includes('.')) return name
  const body = claudeBody(record)
  if (body.startsWith(claudePrefix)) return body
  return name !== '' && isClaude(record) ? claudePrefix + name : name
}

const names = compileMatcher(['event.name'])
const nameSlot = names.slotOf('event.name')

/** No name of an event is longer. */
const maxNameBytes = 128
/** Most bodies are no names of Claude Code's, and are told by their first byte. */
const firstOfPrefix = claudePrefix.charCodeAt(0)

function claudeBody(record: LogView): string {
  const { body } = record
  const bytes = body.rawBytes()
  if (bytes[0] !== firstOfPrefix || bytes.length > maxNameBytes) return ''
  return body.asString() ?? ''
}

const { matcher: services, of: resource } = compileSources({ service: ['service.name'] })
const values = new Values()

function isClaude(record: LogView): boolean {
  values.reset(record.resource.attributes(services))
  return (
    values.text(resource.service) === 'claude-code' ||
    record.scope.name().startsWith('com.anthropic.claude_code')
  )
}
