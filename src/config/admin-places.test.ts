import { describe, expect, test } from 'vitest'
import { adminPlaces } from './admin-places.ts'
import { formatEndpoint, mayOverlap, parseEndpoint } from './endpoint.ts'
import { Secret } from './secret.ts'

const at = (text: string) => {
  const endpoint = parseEndpoint(text)
  if (typeof endpoint === 'string') throw new Error(endpoint)
  return endpoint
}
const tokens = [{ name: 'ops', token: new Secret('canary'), roles: ['read' as const] }]

interface Case {
  readonly admin?: string
  readonly health?: string
  readonly isGuarded?: boolean
}

/** Where both are, as text, and the sentences about it. */
function places({ admin, health, isGuarded = false }: Case) {
  const written = { tokens: isGuarded ? tokens : [], ...(admin && { endpoint: at(admin) }) }
  const its = { id: 'health_check', path: '/up', ...(health && { endpoint: at(health) }) }
  const found = adminPlaces(written, its)
  return {
    admin: formatEndpoint(found.admin.endpoint) + found.admin.path,
    probes: found.probes && formatEndpoint(found.probes.endpoint) + found.probes.path,
    problems: found.problems.map(({ path, message }) => `${path.join('.')} ${message}`),
  }
}

describe('without tokens', () => {
  test('an endpoint on this machine is that of the admin server', () => {
    const problems: string[] = []
    expect(places({})).toEqual({ admin: '127.0.0.1:13133/up', probes: undefined, problems })
    expect(places({ health: 'localhost:1234' })).toEqual({
      admin: 'localhost:1234/up',
      probes: undefined,
      problems,
    })
  })

  test('an endpoint for other machines answers probes alone, beside the admin server', () => {
    const probes = '10.244.1.7:13133/up'
    expect(places({ health: '10.244.1.7:13133' })).toEqual({
      admin: '127.0.0.1:13133/',
      probes,
      problems: [],
    })
    expect(places({ health: '10.244.1.7:13133', admin: 'localhost:1234' })).toEqual({
      admin: 'localhost:1234/',
      probes,
      problems: [],
    })
  })

  test.each(['0.0.0.0:13133', ':13133', '[::]:13133'])(
    'with %s the port of the admin server is taken, and it says what to write',
    (health) => {
      expect(places({ health }).problems).toEqual([
        'extensions.health_check.endpoint needs a port of its own, the admin server listens on 127.0.0.1:13133: write service.admin.endpoint: 127.0.0.1:13134',
      ])
      expect(places({ health, admin: '127.0.0.1:13134' }).problems).toEqual([])
      expect(places({ health, admin: 'localhost:13133' }).problems[0]).toContain('localhost:13134')
    },
  )

  test('the admin server itself stays closed to other machines', () => {
    for (const health of [{}, { health: '10.244.1.7:13133' }]) {
      expect(places({ admin: '0.0.0.0:1234', ...health }).problems).toEqual([
        expect.stringContaining('service.admin.endpoint lets other machines in without a secret'),
      ])
    }
  })
})

describe('with tokens', () => {
  test('an endpoint for other machines is that of the admin server, unless it has its own', () => {
    expect(places({ health: '0.0.0.0:13133', isGuarded: true })).toEqual({
      admin: '0.0.0.0:13133/up',
      probes: undefined,
      problems: [],
    })
    expect(places({ health: '0.0.0.0:13133', admin: '0.0.0.0:1234', isGuarded: true })).toEqual({
      admin: '0.0.0.0:1234/',
      probes: '0.0.0.0:13133/up',
      problems: [],
    })
  })
})

test.each([
  ['0.0.0.0:1', '10.0.0.1:1', true],
  ['[::]:1', '127.0.0.1:1', true],
  [':1', '[::1]:1', true],
  ['0.0.0.0:1', '[::]:1', true],
  ['10.0.0.1:1', '10.0.0.1:1', true],
  ['10.0.0.1:1', '127.0.0.1:1', false],
  ['0.0.0.0:1', '[::1]:1', false],
  ['0.0.0.0:1', '127.0.0.1:2', false],
  ['0.0.0.0:0', '127.0.0.1:0', false],
])('%s and %s get in each other’s way: %s', (a, b, expected) => {
  expect(mayOverlap(at(a), at(b))).toBe(expected)
  expect(mayOverlap(at(b), at(a))).toBe(expected)
})
