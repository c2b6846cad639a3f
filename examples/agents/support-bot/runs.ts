import { agentAtWork, type Course } from '../simulation/course.ts'
import { careful, type Model, quick } from '../simulation/models.ts'
import { Random } from '../simulation/random.ts'
import type { Run, Tool } from '../simulation/steps.ts'

export const supportBot = { name: 'support-bot', version: '1.4.0' }

/** What a customer wants, and the tools that it takes. */
interface Wish {
  readonly model: Model
  readonly tools: readonly Tool[]
}

const getOrder = tool('get_order', 120)
const trackParcel = tool('track_parcel', 450)
const searchHelpPages = tool('search_help_pages', 200)
const issueRefund = tool('issue_refund', 300)

const wishes: readonly [Wish, ...Wish[]] = [
  { model: quick, tools: [getOrder, trackParcel] },
  { model: quick, tools: [getOrder] },
  { model: quick, tools: [searchHelpPages] },
  { model: quick, tools: [] },
  { model: careful, tools: [getOrder, issueRefund] },
]
const maxOpenConversations = 8

/** Turns of customers' conversations, without end; the same seed gives the same ones. */
export function* supportRuns(seed: number): Generator<Run, never> {
  const random = new Random(seed)
  const open: string[] = []
  for (let count = 1; ; count++) {
    const goesOn = open.length > 0 && random.chance(0.4)
    const conversation = goesOn ? random.pick(open[0] ?? '', ...open) : `conv-${seed}-${count}`
    if (!goesOn) open.push(conversation)
    if (open.length > maxOpenConversations) open.shift()
    const wish = random.pick(...wishes)
    const root = agentAtWork(supportBot, random, 0, (course) => fulfil(wish, course))
    yield { conversation, root, isFollowed: false }
  }
}

/** Asks the model which tool to use, uses it, and answers in the end. */
function fulfil({ model, tools }: Wish, course: Course): string | undefined {
  for (const it of tools) {
    const errorType = use(it, model, course)
    if (errorType !== undefined) return errorType
  }
  return course.chat(model, course.random.chance(0.02) ? 'length' : 'stop')
}

/** A failed tool is tried once more. */
function use(it: Tool, model: Model, course: Course): string | undefined {
  const failed = course.chat(model, 'tool')
  if (failed !== undefined || course.call(it) === undefined) return failed
  return course.chat(model, 'tool') ?? (course.call(it) === undefined ? undefined : 'tool_failed')
}

function tool(name: string, medianMs: number): Tool {
  const errors: Tool['errors'] = ['timeout', 'not_found', 'tool_error']
  return { name, medianMs, errorRatio: 0.07, errors, server: undefined }
}
