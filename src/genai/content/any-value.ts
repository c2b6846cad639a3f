import type { ValueView } from '../../pdata/attributes.ts'
import { asBuffer } from '../../pdata/wire.ts'
import { maxNodes, maxTextBytes } from './bounds.ts'
import { isHostileKey, type Json, newObject } from './json.ts'

/**
 * Takes OTLP values out of the bytes as plain data, up to a budget that all values read through one
 * reader share. Strings stay as they are, also those that hold JSON.
 */
export class AnyValueReader {
  /** Something was left out for want of budget. */
  truncated = false
  #nodes = maxNodes
  #bytes = maxTextBytes

  /** `undefined` for an empty value and for what is no finite number. */
  read(view: ValueView): Json | undefined {
    if (this.#nodes <= 0) return this.#leaveOut()
    this.#nodes--
    switch (view.kind) {
      case 'string':
        return this.#text(view)
      case 'bool':
        return view.asBool()
      case 'int':
        return int(view.asBigInt() ?? 0n)
      case 'double':
        return finite(view.asNumber())
      case 'bytes':
        return asBuffer(this.#afford(view.rawBytes())).toString('base64')
      case 'array':
        return this.#list(view)
      case 'kvlist':
        return this.#object(view)
      default:
        return undefined
    }
  }

  #list(view: ValueView): Json {
    const items: Json[] = []
    view.forEachElement((element) => {
      if (this.#nodes > 0) items.push(this.read(element) ?? null)
      else this.#leaveOut()
    })
    return items
  }

  /** The first of two equal keys counts. */
  #object(view: ValueView): Json {
    const object = newObject()
    view.forEachEntry((key, entry) => {
      const value = isHostileKey(key) || key in object ? undefined : this.read(entry)
      if (value !== undefined) object[key] = value
    })
    return object
  }

  #text(view: ValueView): string {
    const bytes = view.rawBytes()
    const afforded = this.#afford(bytes)
    if (afforded.length === bytes.length) return view.asString() ?? ''
    return asBuffer(afforded).toString('utf8')
  }

  /** The bytes, or as many of them as the budget still holds. */
  #afford(bytes: Uint8Array): Uint8Array {
    const size = Math.min(bytes.length, this.#bytes)
    this.#bytes -= size
    if (size < bytes.length) this.truncated = true
    return size < bytes.length ? bytes.subarray(0, size) : bytes
  }

  #leaveOut(): undefined {
    this.truncated = true
    return undefined
  }
}

/** An int64 as a number where that is exact, else in decimal digits. */
function int(value: bigint): Json {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : String(value)
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined
}
