import { items, proven } from './item.ts'

const http = 'exporters/otlp_http/answers.test.ts'
const grpc = 'exporters/otlp_grpc/answers.test.ts'
const retry = 'src/net/client/retry.test.ts'
const counts = 'test/conformance/item-counts.test.ts'

/** What an exporter does with each answer, and when it tries again. */
export const exporterAnswers = items('exporter', [
  ['ok', '200 is delivered.', proven([counts, '%s: items are counted as accepted and as sent'])],
  [
    'partial',
    '200 with a partial success is not retried; its part is counted as rejected.',
    proven(
      [http, 'a partial success in %s counts what was rejected and warns'],
      ['test/e2e/backends.test.ts', 'what a backend rejects in part is counted as rejected'],
    ),
  ],
  [
    'junk',
    '200 with junk in its body is delivered, with a warning.',
    proven([http, '%s behind a 2xx is sent, with a warning']),
  ],
  [
    'permanent',
    '400, 401, 413 and 500 are not retried.',
    proven([http, 'status %d is final, as gRPC code %d']),
  ],
  [
    'retryable',
    '429, 502, 503 and 504 are retried.',
    proven([http, 'status %d is worth a retry, as gRPC code %d']),
  ],
  [
    'retry_after_seconds',
    '429 and 503 with `Retry-After` in seconds wait that long; another status ignores it.',
    proven([http, 'status %d with Retry-After %s asks for %s ms']),
  ],
  [
    'retry_after_date',
    '`Retry-After` may be a date.',
    proven([http, 'a Retry-After date is a delay from now']),
  ],
  [
    'retry_after_huge',
    'A huge `Retry-After` gives the request up and does not stop the destination for ever.',
    proven(
      [http, 'status %d with Retry-After %s asks for %s ms'],
      [retry, 'a throttle delay beyond max_elapsed_time gives the request up and pauses no longer'],
    ),
  ],
  [
    'hang',
    'A destination that hangs is tried again after `timeout`.',
    proven(
      [http, 'a destination that %s is tried again'],
      [grpc, 'a server that hangs is tried again'],
    ),
  ],
  [
    'reset',
    'A connection that is reset is tried again.',
    proven(
      [http, 'a destination that %s is tried again'],
      [grpc, 'a connection that is reset while a call is under way is tried again'],
    ),
  ],
  [
    'half_answer',
    'Half an answer is tried again where its head is missing, and is delivered where its status was 2xx.',
    proven(
      [http, 'a destination that %s is tried again'],
      [http, '%s behind a 2xx is sent, with a warning'],
    ),
  ],
  [
    'tls_failure',
    'A server of another authority, or one that speaks no TLS, gets nothing and is tried again.',
    proven(
      [
        'exporters/otlp_http/tls.test.ts',
        'believes a server whose authority is given, and no other',
      ],
      ['exporters/otlp_http/tls.test.ts', 'a server that speaks no TLS is tried again'],
      [
        'exporters/otlp_grpc/tls.test.ts',
        'believes a server whose authority is given, and no other',
      ],
      [
        'exporters/otlp_grpc/tls.test.ts',
        'plaintext to a server that wants TLS, and TLS to one that has none, are tried again',
      ],
    ),
  ],
  [
    'tls_expired',
    'A server with an expired certificate gets nothing, though its authority is trusted.',
    proven([
      'test/conformance/expired-certificate.test.ts',
      'an expired certificate is not believed, though its authority is',
    ]),
  ],
  [
    'dns_failure',
    'A host without an address, or at which nobody listens, is tried again; no message holds a credential.',
    proven(
      [
        http,
        'a destination that cannot be reached is tried again, and no message holds a credential',
      ],
      [grpc, 'a server that cannot be reached is tried again, and no message holds a credential'],
    ),
  ],
  [
    'grpc_codes',
    'Each gRPC code is retried or final as OTLP says, RESOURCE_EXHAUSTED only with RetryInfo.',
    proven([grpc, '%s (%d) is %s']),
  ],
  [
    'grpc_codes_retry_info',
    'Each gRPC code with RetryInfo: the delay counts for every code worth a retry.',
    proven(
      [grpc, 'with RetryInfo'],
      ['exporters/otlp_grpc/index.test.ts', 'RetryInfo pauses the whole destination'],
    ),
  ],
  [
    'delays',
    'Waits grow by half from 5 s to 30 s, vary by half, and end with `max_elapsed_time`.',
    proven(
      [retry, 'the waits grow by half from 5 s to 30 s and vary by half'],
      [retry, 'gives up before a wait that would end after max_elapsed_time'],
      [retry, 'never gives up when max_elapsed_time is 0'],
    ),
  ],
  [
    'throttle',
    'Of the wait and the delay that was asked for, the longer counts, for the whole destination.',
    proven([retry, 'a throttle delay wins over a shorter wait and pauses every worker']),
  ],
])
