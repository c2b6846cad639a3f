import { simulate } from '../simulation/simulate.ts'
import { supportBot, supportRuns } from './runs.ts'

await simulate({ agent: supportBot, usualRate: 2, runs: supportRuns })
