import { z } from 'zod'
import type { Host } from '../pipeline/host.ts'

/** How a component is, in otelcol's words. A component that is lost ends the process. */
export type ComponentHealth = 'Starting' | 'OK' | 'RecoverableError' | 'Stopping'

/** States that components publish and that pass by themselves. */
const troubles: readonly string[] = ['retrying', 'throttled', 'failing', 'refusing']

const withState = z.looseObject({ state: z.string() })

/** @param document what the component publishes about itself */
export function componentHealth(
  { role, isStarted, settings }: Host,
  document: unknown,
): ComponentHealth {
  if (settings.signal.aborted) return 'Stopping'
  if (role === 'receiver' && !isStarted) return 'Starting'
  const { data } = withState.safeParse(document)
  return data !== undefined && troubles.includes(data.state) ? 'RecoverableError' : 'OK'
}
