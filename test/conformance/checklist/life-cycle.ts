import { items, proven } from './item.ts'

const order = 'test/conformance/order.test.ts'
const cli = 'test/e2e/cli.test.ts'
const reloading = 'test/e2e/reload.test.ts'
const underLoad =
  'reload under load refuses nobody and loses nothing: good, bad and identical files'

export const lifeCycle = items('life_cycle', [
  [
    'start_order',
    'Exporters start first, then processors, then receivers, so that all behind a receiver is ready.',
    proven(
      [order, 'starts exporters, then processors, then receivers'],
      [order, 'what a receiver brings at once is delivered, for all behind it is ready'],
    ),
  ],
  [
    'start_failure',
    'A component that cannot start is named, all that has started is stopped, and the process ends with 1.',
    proven(
      [order, 'a receiver that cannot start stops all that has started, and is named'],
      [cli, 'starts nothing when a port is taken, and says which'],
    ),
  ],
  [
    'stop_order',
    'Receivers stop first, then processors flush, then exporters drain.',
    proven([order, 'stops receivers, then flushes processors, then drains exporters']),
  ],
  [
    'told',
    'The log tells start, readiness and stop in this order, and health turns 503 when the stop begins.',
    proven([order, 'the process tells its start and its stop in this order']),
  ],
  [
    'sighup',
    'SIGHUP does not end the process, which reads its configuration again and goes on.',
    proven([cli, 'goes on after SIGHUP, and says that nothing has changed']),
  ],
  [
    'reload_good',
    'SIGHUP with a good configuration under load switches to it.',
    proven([reloading, underLoad]),
  ],
  [
    'reload_bad',
    'SIGHUP with a bad configuration under load keeps the last good.',
    proven([reloading, underLoad]),
  ],
  [
    'reload_same',
    'SIGHUP with the same configuration under load changes nothing.',
    proven([reloading, underLoad]),
  ],
  [
    'sigterm',
    'SIGTERM under load: everybody is answered, and all that was taken over arrives.',
    proven([
      'test/e2e/stop-under-load.test.ts',
      'SIGTERM under load: every span that was taken over arrives',
    ]),
  ],
  [
    'sigterm_dead',
    'SIGTERM under load with a dead destination ends at the deadline and reports the exact loss.',
    proven([
      'test/conformance/dead-destination.test.ts',
      'SIGTERM under load with a dead destination ends at the deadline',
    ]),
  ],
  [
    'second_sigterm',
    'A second SIGTERM ends at once.',
    proven([cli, 'a second signal stops at once']),
  ],
])
