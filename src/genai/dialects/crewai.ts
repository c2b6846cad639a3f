import type { Dialect } from '../dialect.ts'

/** What CrewAI sends to its vendor: the same runs that others report, without any use of tokens. */
export const crewai: Dialect = {
  name: 'crewai',
  source: 'crewAIInc/crewAI: lib/crewai/src/crewai/telemetry/telemetry.py',
  scopes: ['crewai.telemetry'],
  spanNames: [
    { name: 'Crew Created', operation: 'other' },
    { name: 'Task Created', operation: 'other' },
    { name: 'Task Execution', operation: 'task' },
    { name: 'Tool Usage', operation: 'execute_tool' },
  ],
  noise: [
    { scope: 'crewai.telemetry', reason: 'telemetry for the vendor of CrewAI' },
    {
      resource: ['service.name', 'crewAI-telemetry'],
      reason: 'telemetry for the vendor of CrewAI',
    },
  ],
}
