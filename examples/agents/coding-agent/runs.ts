import { agentAtWork, type Course } from '../simulation/course.ts'
import { writing } from '../simulation/models.ts'
import { Random } from '../simulation/random.ts'
import type { Run, Tool } from '../simulation/steps.ts'

export const codingAgent = { name: 'coding-agent', version: '3.1.0' }

const workspace = 'workspace'
const readFile = onServer('read_file', 25, 0.03, ['tool_error'])
const search = onServer('search', 180, 0.01, ['tool_error'])
const edit = onServer('edit', 40, 0.09, ['tool_error'])
/** Runs in the agent's own process, not on the server. */
const runTests: Tool = {
  name: 'run_tests',
  medianMs: 35_000,
  errorRatio: 0.35,
  errors: ['tests_failed', 'tests_failed', 'tests_failed', 'timeout'],
  server: undefined,
}

/** Share of runs that are followed while they last, because that is long. */
const longRatio = 0.25
/** Share of runs that do the same thing over and over, until they are stopped. */
const stuckRatio = 0.04
const maxRepeats = 20

/** Changes that somebody asked for, without end; the same seed gives the same ones. */
export function* codingRuns(seed: number): Generator<Run, never> {
  const random = new Random(seed)
  for (let count = 1; ; count++) {
    const isLong = random.chance(longRatio)
    const root = agentAtWork(codingAgent, random, 0, (course) => change(isLong, course))
    yield { conversation: `change-${seed}-${count}`, root, isFollowed: isLong }
  }
}

/** Reads what is there, then makes one part of the change after another. */
function change(isLong: boolean, course: Course): string | undefined {
  const { random } = course
  course.listTools(workspace)
  const planning = course.plan(writing) ?? explore(course)
  if (planning !== undefined) return planning
  if (random.chance(stuckRatio)) return repeat(course)
  const parts = isLong ? random.int(8, 16) : 1
  for (let nth = 0; nth < parts; nth++) {
    const errorType = makePart(course)
    if (errorType !== undefined) return errorType
  }
  return course.chat(writing, 'stop')
}

function explore(course: Course): string | undefined {
  const { random } = course
  for (let left = random.int(2, 6); left > 0; left--) {
    const errorType = use(random.pick(readFile, readFile, search), course)
    if (errorType === 'model') return 'model_unavailable'
  }
  return undefined
}

/** Edits until the tests pass; a failed edit means that the file has to be read again. */
function makePart(course: Course): string | undefined {
  const maxRounds = 6
  for (let round = 1; round <= maxRounds; round++) {
    for (let left = course.random.int(1, 3); left > 0; left--) {
      const edited = use(edit, course)
      if (edited === 'tool' && use(readFile, course) === 'model') return 'model_unavailable'
      if (edited === 'model') return 'model_unavailable'
    }
    const tested = use(runTests, course)
    if (tested === undefined) return undefined
    if (tested === 'model') return 'model_unavailable'
  }
  return 'max_iterations_exceeded'
}

/** The same file again and again, as a model does that has lost its thread. */
function repeat(course: Course): string {
  for (let nth = 0; nth < maxRepeats; nth++) {
    if (use(readFile, course) === 'model') return 'model_unavailable'
  }
  return 'loop_detected'
}

/** The model asks for a tool, which then runs; says which of the two failed. */
function use(tool: Tool, course: Course): 'model' | 'tool' | undefined {
  const asked = course.chat(writing, 'tool')
  if (asked !== undefined && course.chat(writing, 'tool') !== undefined) return 'model'
  return course.call(tool) === undefined ? undefined : 'tool'
}

function onServer(
  name: string,
  medianMs: number,
  errorRatio: number,
  errors: Tool['errors'],
): Tool {
  return { name, medianMs, errorRatio, errors, server: workspace }
}
