import type { Meter } from '@opentelemetry/api'

/**
 * What the process takes, in otelcol's names. `total_alloc_bytes` has no source in Node and is left
 * out rather than invented.
 */
export function observeProcess(meter: Meter): void {
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
