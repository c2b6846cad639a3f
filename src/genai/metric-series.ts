import { hash } from 'node:crypto'
import type { ValueView } from '../pdata/attributes.ts'
import type { DataPointView } from '../pdata/metrics.ts'

/**
 * A name for the series that a point belongs to, by which its sender's next point is known: of the
 * metric, the attributes of the resource, the scope and the point, in any order. 26 hex digits.
 */
export function seriesOf(point: DataPointView): string {
  const parts = [
    point.name(),
    point.scope.name(),
    point.scope.version(),
    ...attributesOf(point.resource),
    '',
    ...attributesOf(point),
  ]
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, hexDigits)
}

const hexDigits = 26

interface Holder {
  forEachAttribute(visit: (key: string, value: ValueView) => void): void
}

function attributesOf(holder: Holder): readonly string[] {
  const texts: string[] = []
  holder.forEachAttribute((key, value) => {
    texts.push(`${key}=${value.kind}:${Buffer.from(value.rawBytes()).toString('base64')}`)
  })
  return texts.sort()
}
