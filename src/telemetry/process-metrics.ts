import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Meter } from '@opentelemetry/api'
import { names } from '../facts/names.ts'

/**
 * What the process takes, in otelcol's names. `total_alloc_bytes` has no source in Node and is left
 * out rather than invented.
 *
 * @returns ends what is measured all the time
 */
export function observeProcess(meter: Meter): () => void {
  meter
    .createObservableCounter('otelcol_process_uptime', {
      unit: 's',
      description: 'Uptime of the process.',
    })
    .addCallback((result) => result.observe(process.uptime()))
  meter
    .createObservableCounter('otelcol_process_cpu_seconds', {
      unit: 's',
      description: 'CPU time of the process, user and system together.',
    })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage()
      result.observe((user + system) / 1e6)
    })
  observeMemory(meter)
  return observeEventLoop(meter)
}

/** How often the event loop is asked whether it is late. */
const probeMs = 20

/** Nothing is answered while the event loop is late; this is what overload looks like in Node. */
function observeEventLoop(meter: Meter): () => void {
  const delays = monitorEventLoopDelay({ resolution: probeMs })
  delays.enable()
  let sinceMs = Date.now()
  meter
    .createObservableGauge(names.eventLoopDelay, {
      unit: 's',
      description: 'Delay of the event loop, 99th percentile of the last minute.',
    })
    .addCallback((result) => {
      // What is measured is the time between two probes, the wait for the second one included.
      const lateMs = delays.percentile(99) / 1e6 - probeMs
      if (delays.count > 0) result.observe(Math.max(0, lateMs) / 1e3)
      if (Date.now() - sinceMs < 60_000) return
      sinceMs = Date.now()
      delays.reset()
    })
  return () => void delays.disable()
}

function observeMemory(meter: Meter): void {
  const gauge = (name: string, description: string) =>
    meter.createObservableGauge(`otelcol_process_${name}`, { unit: 'By', description })
  const rss = gauge('memory_rss', 'Physical memory of the process.')
  const heap = gauge('runtime_heap_alloc_bytes', 'Heap in use, buffers outside of it included.')
  const sys = gauge('runtime_total_sys_memory_bytes', 'Memory obtained from the system.')
  meter.addBatchObservableCallback(
    (result) => {
      const usage = process.memoryUsage()
      result.observe(rss, usage.rss)
      result.observe(heap, usage.heapUsed + usage.external)
      result.observe(sys, usage.rss)
    },
    [rss, heap, sys],
  )
}
