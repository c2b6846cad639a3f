/** What kind of telemetry a payload carries; the three share one envelope shape. */
export type Signal = 'traces' | 'logs' | 'metrics'

export const signals: readonly Signal[] = ['traces', 'logs', 'metrics']
