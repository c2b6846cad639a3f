import type { Meter, Observable, ObservableCallback } from '@opentelemetry/api'

/** A meter whose observations end with the component that makes them. */
export interface ScopedMeter {
  readonly meter: Meter
  /** No callback is asked from here on. */
  end(): void
}

/** Passes instruments on, and remembers the callbacks that were added to observable ones. */
export function scopedMeter(inner: Meter): ScopedMeter {
  const ends: (() => void)[] = []
  const watched = <O extends Observable>(instrument: O): O => {
    const add = (callback: ObservableCallback) => {
      instrument.addCallback(callback)
      ends.push(() => instrument.removeCallback(callback))
    }
    return new Proxy(instrument, {
      get(target, name) {
        if (name === 'addCallback') return add
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
  }
  const meter: Meter = {
    createGauge: (...its) => inner.createGauge(...its),
    createHistogram: (...its) => inner.createHistogram(...its),
    createCounter: (...its) => inner.createCounter(...its),
    createUpDownCounter: (...its) => inner.createUpDownCounter(...its),
    createObservableGauge: (...its) => watched(inner.createObservableGauge(...its)),
    createObservableCounter: (...its) => watched(inner.createObservableCounter(...its)),
    createObservableUpDownCounter: (...its) => watched(inner.createObservableUpDownCounter(...its)),
    addBatchObservableCallback(callback, observables) {
      inner.addBatchObservableCallback(callback, observables)
      ends.push(() => inner.removeBatchObservableCallback(callback, observables))
    },
    removeBatchObservableCallback: (...its) => inner.removeBatchObservableCallback(...its),
  }
  return {
    meter,
    end() {
      for (const end of ends.splice(0)) end()
    },
  }
}
