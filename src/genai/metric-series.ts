import { hash } from 'node:crypto'
import type { DataPointView } from '../pdata/metrics.ts'
import { compileSources } from './sources.ts'
import { Values } from './values.ts'

/**
 * What tells one process from another. All attributes of a resource would tell it too, but its points
 * may be many, and each would read them anew.
 */
const { matcher, of: identity } = compileSources({
  namespace: ['service.namespace'],
  service: ['service.name'],
  instance: ['service.instance.id'],
  container: ['container.id', 'k8s.container.name'],
  pod: ['k8s.pod.uid', 'k8s.pod.name'],
  host: ['host.id', 'host.name'],
  process: ['process.pid'],
  function: ['faas.instance', 'cloud.resource_id'],
})
const sources = Object.values(identity)
const values = new Values()

/**
 * A name for the series that a point belongs to, by which its sender's next point is known: of the
 * metric, who sends it, and the attributes of the point in any order. 26 hex digits.
 */
export function seriesOf(point: DataPointView): string {
  values.reset(point.resource.attributes(matcher))
  const sender = sources.map((source) => values.text(source) ?? null)
  const parts = [point.name(), point.scope.name(), sender, attributesOf(point)]
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, hexDigits)
}

const hexDigits = 26

function attributesOf(point: DataPointView): readonly string[] {
  const texts: string[] = []
  point.forEachAttribute((key, value) => {
    texts.push(`${key}=${value.kind}:${Buffer.from(value.rawBytes()).toString('base64')}`)
  })
  return texts.sort()
}
