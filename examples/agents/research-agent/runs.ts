import { agentAtWork, type Course } from '../simulation/course.ts'
import { careful, embedding, type Model, quick } from '../simulation/models.ts'
import { Random } from '../simulation/random.ts'
import type { Run, Tool } from '../simulation/steps.ts'

export const researchAgent = { name: 'research-agent', version: '0.9.2' }
/** Condenses what the research agent found; it never works on its own. */
export const summariser = { name: 'summariser', version: '2.0.1' }

const index = 'papers'
const searchWeb = tool('search_web', 900, 0.05)
const fetchPage = tool('fetch_page', 1_600, 0.12)
/** Walks through a whole site, which takes minutes. */
const crawlSite = tool('crawl_site', 150_000, 0.04)

/** Share of runs that go deep, which takes about an hour. */
const deepRatio = 0.2
const maxAttempts = 3

/** Reports that somebody asked for, without end; the same seed gives the same ones. */
export function* researchRuns(seed: number): Generator<Run, never> {
  const random = new Random(seed)
  for (let count = 1; ; count++) {
    const isDeep = random.chance(deepRatio)
    const root = agentAtWork(researchAgent, random, 0, (course) => report(isDeep, course))
    yield { conversation: `report-${seed}-${count}`, root, isFollowed: false }
  }
}

/** Plans, answers one question after another, and writes. */
function report(isDeep: boolean, course: Course): string | undefined {
  const { random } = course
  const planning = course.plan(careful)
  if (planning !== undefined) return planning
  const questions = isDeep ? random.int(16, 24) : random.int(2, 4)
  for (let nth = 0; nth < questions; nth++) {
    const errorType = answer(isDeep, course)
    if (errorType !== undefined) return errorType
  }
  return ask(careful, 'stop', course)
}

/** What is known is looked up, the rest is searched for; the summariser condenses both. */
function answer(isDeep: boolean, course: Course): string | undefined {
  const { random } = course
  course.embed(embedding)
  course.retrieve(index, random.pick(5, 10))
  const tools = [searchWeb, ...Array<Tool>(random.int(1, 2)).fill(fetchPage)]
  if (isDeep) tools.push(crawlSite)
  for (const it of tools) {
    const failed = ask(quick, 'tool', course)
    if (failed !== undefined) return failed
    const missed = withRetries(() => course.call(it), 2_000, course)
    if (missed !== undefined && it !== fetchPage) return missed // a page can be done without
  }
  const condense = () => course.delegate(summariser, summarise)
  return condense() === undefined || condense() === undefined ? undefined : 'delegation_failed'
}

/** The summariser reads in parts, and gives up on the first answer that does not come. */
function summarise(course: Course): string | undefined {
  for (let part = course.random.int(1, 2); part > 0; part--) {
    const errorType = course.chat(quick, course.random.chance(0.03) ? 'length' : 'stop')
    if (errorType !== undefined) return errorType
  }
  return undefined
}

function ask(model: Model, ending: 'tool' | 'stop', course: Course): string | undefined {
  return withRetries(() => course.chat(model, ending), 5_000, course)
}

/** Tries again after a pause that doubles each time. */
function withRetries(
  attempt: () => string | undefined,
  pauseMs: number,
  course: Course,
): string | undefined {
  for (let nth = 1; ; nth++) {
    const errorType = attempt()
    if (errorType === undefined || nth === maxAttempts) return errorType
    course.pause(pauseMs * 2 ** (nth - 1))
  }
}

function tool(name: string, medianMs: number, errorRatio: number): Tool {
  return { name, medianMs, errorRatio, errors: ['timeout', '429', '503'], server: undefined }
}
