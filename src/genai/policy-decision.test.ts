import { expect, test } from 'vitest'
import { policyDecision } from './policy-decision.ts'

test.each([
  ['allow', ['allow', 'ALLOW', 'allowed', 'permit', 'approved', 'accept', 'True', 'true']],
  ['deny', ['deny', 'DENY', 'denied', 'block', 'blocked', 'reject', 'rejected', 'False']],
  ['deny', ['GUARDRAIL_INTERVENED', 'tripwire_triggered']],
  ['warn', ['warn', 'audit', 'log']],
  ['require_approval', ['require_approval', 'ask', 'needs_approval', 'Require Approval']],
  ['escalate', ['escalate']],
  ['transform', ['transform', 'redact', 'mask', 'anonymize']],
  ['simulate', ['simulate', 'dry_run', 'dry-run']],
  ['error', ['error']],
])('%s is the name for %s', (decision, raws) => {
  expect(raws.map(policyDecision)).toEqual(raws.map(() => decision))
})

test('5.17, 5.22, 5.23 and 5.29 decisions of people, Cedar and policies', () => {
  expect(['reject', 'DENY', 'allow', 'require_approval', 'rejected'].map(policyDecision)).toEqual([
    'deny',
    'deny',
    'allow',
    'require_approval',
    'deny',
  ])
})

test.each(['', 'maybe', '__proto__', 'constructor', 'allow '.repeat(1_000_000)])(
  'what nobody understands is no decision',
  (raw) => {
    expect(policyDecision(raw)).toBeUndefined()
  },
)
