import { simulate } from '../simulation/simulate.ts'
import { researchAgent, researchRuns } from './runs.ts'

await simulate({ agent: researchAgent, usualRate: 0.5, runs: researchRuns })
