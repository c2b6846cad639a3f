import { simulate } from '../simulation/simulate.ts'
import { codingAgent, codingRuns } from './runs.ts'

await simulate({ agent: codingAgent, usualRate: 0.5, runs: codingRuns })
