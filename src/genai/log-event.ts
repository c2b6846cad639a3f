import { compileMatcher } from '../pdata/attributes.ts'
import type { LogView } from '../pdata/logs.ts'

const claudePrefix = 'claude_code.'

/**
 * The name of the event that a log record is: its field, else the attribute of older SDKs, else, for
 * Claude Code, its body. Claude Code's own names come back with their prefix, since `event.name` is
 * `api_request` there. Empty for a record that is no event.
 */
export function eventNameOf(record: LogView): string {
  const name = record.eventName() || record.attributes(names).string(nameSlot) || ''
  if (name.includes('.')) return name
  const body = shortBody(record)
  if (body.startsWith(claudePrefix)) return body
  return name !== '' && isClaude(record) ? claudePrefix + name : name
}

const names = compileMatcher(['event.name'])
const nameSlot = names.slotOf('event.name')

/** No name of an event is longer. */
const maxNameBytes = 128

function shortBody(record: LogView): string {
  const { body } = record
  if (body.kind !== 'string' || body.rawBytes().length > maxNameBytes) return ''
  return body.asString() ?? ''
}

const services = compileMatcher(['service.name'])
const serviceSlot = services.slotOf('service.name')

function isClaude(record: LogView): boolean {
  return (
    record.scope.name().startsWith('com.anthropic.claude_code') ||
    record.resource.attributes(services).string(serviceSlot) === 'claude-code'
  )
}
