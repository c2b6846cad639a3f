import { z } from 'zod'
import { command } from '../audit/entries.ts'
import { jsonOf } from '../audit/json-of.ts'
import type { RecordBody } from '../component/record.ts'
import { didYouMean } from '../config/nearest.ts'
import type { Command } from '../pipeline/host.ts'
import type { Observed } from './observed.ts'

/** What came of a command. */
export interface CommandAnswer {
  readonly statusCode: 200 | 400 | 403 | 404 | 503
  readonly body: object
}

/** Every command that can be given, with the JSON Schema of its body. */
export function commandList(commands: readonly Command[]) {
  return commands.map(({ component, name, summary, role, body }) => {
    return {
      name,
      component,
      summary,
      role,
      path: `/api/v1/commands/${name}`,
      body: jsonSchema(body),
    }
  })
}

/**
 * Checks a command and puts it into the log, as it was given: it acts once it is a record, and on
 * a replay the record is read by the same schema.
 *
 * @param component which one is meant, where several offer the command
 * @param actor who gives it
 * @param may refuses whoever has not the role that the command asks for
 */
export async function giveCommand(
  { engine, audit }: Pick<Observed, 'engine' | 'audit'>,
  name: string,
  component: string | undefined,
  actor: string,
  body: unknown,
  may: (role: Command['role']) => { readonly error: string } | undefined,
): Promise<CommandAnswer> {
  const named = engine.commands.filter((it) => it.name === name)
  if (named.length === 0) return unknownCommand(name, engine.commands)
  const meant = named.filter((it) => component === undefined || it.component === component)
  const [offer, another] = meant
  if (offer === undefined || another !== undefined) return notOne(name, named)
  const refusal = may(offer.role)
  if (refusal !== undefined) return { statusCode: 403, body: { error: refusal.error } }
  const parsed = offer.body.safeParse(body)
  if (!parsed.success) return wrongBody(name, parsed.error)
  const record = { kind: 'command', component: offer.component, name, actor, body } as const
  try {
    await audit.append(entryOf(record))
    const { offset, atMs } = await engine.commit(record)
    const at = new Date(atMs).toISOString()
    return { statusCode: 200, body: { name, component: offer.component, actor, offset, at } }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    return { statusCode: 503, body: { error: `${name} did not take effect: ${reason}` } }
  }
}

/** Given, that is; that it took effect, the ingest log says. */
function entryOf({ name, component, actor, body }: Extract<RecordBody, { kind: 'command' }>) {
  return command({ name, component, actor, body: { given: jsonOf(body) } })
}

function unknownCommand(name: string, commands: readonly Command[]): CommandAnswer {
  const names = [...new Set(commands.map((it) => it.name))].toSorted()
  const known = names.length === 0 ? 'no component offers commands' : `known: ${names.join(', ')}`
  const error = `there is no command ${name}${didYouMean(name, names) || `; ${known}`}`
  return { statusCode: 404, body: { error } }
}

function notOne(name: string, named: readonly Command[]): CommandAnswer {
  const components = named.map((it) => it.component).join(', ')
  const error = `say which component ${name} is for: ?component=, one of ${components}`
  return { statusCode: 400, body: { error } }
}

function wrongBody(name: string, { issues }: z.ZodError): CommandAnswer {
  const problems = issues.map(({ path, message }) => {
    const place = path.map(String).join('.')
    return place === '' ? message : `${place}: ${message}`
  })
  return { statusCode: 400, body: { error: `${name} cannot be given: ${problems.join('; ')}` } }
}

function jsonSchema(body: z.ZodType): object {
  return z.toJSONSchema(body, { io: 'input', unrepresentable: 'any' })
}
