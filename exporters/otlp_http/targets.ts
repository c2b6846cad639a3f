import type { Attributes } from '@opentelemetry/api'
import type { Settings } from '../../src/component/settings.ts'
import { displayUrl } from '../../src/config/fields.ts'
import { type Signal, signals } from '../../src/pdata/signal.ts'
import type { Config } from './config.ts'

/** Where one signal goes. */
export interface Target {
  readonly url: URL
  /** The URL for messages, without credentials. */
  readonly shown: string
  /** From user and password in the URL, where it has them. */
  readonly authorization: string | undefined
  /** What names the server in metrics. */
  readonly attributes: Attributes
}

/**
 * The target of every signal that has one.
 *
 * @throws when a signal has none and a pipeline of that kind uses the exporter
 */
export function targetsOf(
  config: Config,
  { id, kinds }: Pick<Settings, 'id' | 'kinds'>,
): ReadonlyMap<Signal, Target> {
  const targets = new Map<Signal, Target>()
  for (const signal of signals) {
    const own = config[`${signal}_endpoint`]
    if (own !== undefined) targets.set(signal, targetOf(new URL(own)))
    else if (config.endpoint !== undefined) {
      targets.set(signal, targetOf(appended(config.endpoint, signal)))
    } else if (kinds.includes(signal)) {
      throw new Error(
        `exporters.${id}: either endpoint or ${signal}_endpoint must be specified, since a ${signal} pipeline uses it; write endpoint for all signals, or take it out of that pipeline`,
      )
    }
  }
  return targets
}

/** What keeps user and password of a URL from being read, or `undefined`; says nothing of them. */
export function credentialsProblem(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined
  try {
    basicUser(new URL(url))
    return undefined
  } catch {
    return 'has a user or password with a % that begins no escape: write %25 for a percent sign'
  }
}

/** `user:password` */
function basicUser({ username, password }: URL): string {
  return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
}

function appended(base: string, signal: Signal): URL {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/${signal}`
  return url
}

function targetOf(url: URL): Target {
  const { username, hostname, port, protocol, pathname } = url
  const user = basicUser(url)
  return {
    url,
    shown: displayUrl(url.href),
    authorization: username === '' ? undefined : `Basic ${Buffer.from(user).toString('base64')}`,
    attributes: {
      'server.address': hostname.replace(/^\[|\]$/g, ''),
      'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
      'url.path': pathname,
    },
  }
}
