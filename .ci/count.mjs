// Prints `passed failed skipped` of a JSON report, names what was skipped, and fails when a skip
// is not announced: `node count.mjs report.json announced-skips`.
import { readFileSync } from 'node:fs'

const [report, announcedFile] = process.argv.slice(2)
const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
const announced = readFileSync(announcedFile, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

const skipped = testResults
  .flatMap((file) => file.assertionResults)
  .filter((test) => !['passed', 'failed'].includes(test.status))
  .map((test) => test.fullName)
const surprising = skipped.filter((name) => !announced.includes(name))

console.log(numPassedTests, numFailedTests, skipped.length)
for (const name of skipped) console.error(`skipped: ${name}`)
for (const name of surprising) console.error(`skipped and not announced: ${name}`)
process.exitCode = surprising.length > 0 ? 1 : 0
