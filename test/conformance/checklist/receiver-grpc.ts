import { items, notYet, proven } from './item.ts'

const grpc = 'receivers/otlp/grpc.test.ts'
const hostile = 'receivers/otlp/grpc-hostile.test.ts'
const stop = 'receivers/otlp/grpc-stop.test.ts'
const serverTls = 'TLS for servers comes later; setting it is a configuration error'
const authenticators = 'authenticators come later; setting `auth` is a configuration error'

export const receiverGrpc = items('receiver', [
  [
    'grpc',
    'Requests of all three signals are accepted over gRPC, plain and in gzip, deflate and zstd.',
    proven(
      [grpc, 'are answered OK with no bytes, and arrive as they were sent'],
      [grpc, 'are taken compressed with %s'],
    ),
  ],
  [
    'grpc_keepalive',
    'Clients may send keepalive pings; beyond a configured policy they get GOAWAY, and one that does not answer ours is cut.',
    proven(
      [hostile, 'clients may ping as they like, unless a policy limits them'],
      [hostile, 'a client that does not answer pings is cut'],
    ),
  ],
  [
    'grpc_goaway',
    'At a stop clients get GOAWAY, and calls in flight are answered first.',
    proven(
      [stop, 'drain sends GOAWAY, closes idle connections and accepts no more'],
      [stop, 'drain answers a call in flight once it is settled, and then closes its connection'],
    ),
  ],
  [
    'grpc_unknown_method',
    'An unknown service or method is UNIMPLEMENTED.',
    proven([grpc, 'a service or method that there is not is UNIMPLEMENTED']),
  ],
  [
    'grpc_signal_absent',
    'The service of a signal that no pipeline uses is UNIMPLEMENTED.',
    proven([grpc, 'are UNIMPLEMENTED where no pipeline takes them']),
  ],
  [
    'grpc_too_large',
    'A message beyond the limit is RESOURCE_EXHAUSTED without RetryInfo, before it is read.',
    proven([
      hostile,
      'a message that is too large is RESOURCE_EXHAUSTED without a hint, before it is read',
    ]),
  ],
  [
    'grpc_bomb',
    'A compressed message that grows beyond the limit costs no more than the limit.',
    proven([hostile, 'bombs of %s cost no more than the limit']),
  ],
  [
    'grpc_hostile',
    'Truncated, broken and deeply nested messages are INVALID_ARGUMENT.',
    proven([hostile, '%s is INVALID_ARGUMENT']),
  ],
  [
    'grpc_encoding',
    'An unknown `grpc-encoding` is UNIMPLEMENTED, with `grpc-accept-encoding`.',
    proven([grpc, 'a compression that there is not is UNIMPLEMENTED, with those that there are']),
  ],
  [
    'grpc_overload',
    'Overload is UNAVAILABLE with RetryInfo, after a short wait for room.',
    proven([
      hostile,
      'a call waits for room while others go on, and is refused with a hint when none comes',
    ]),
  ],
  ['tls', 'Clients are served over TLS.', notYet(serverTls)],
  ['mtls', 'Clients have to show a certificate where `client_ca_file` is set.', notYet(serverTls)],
  ['tls_wrong_ca', 'A client certificate of another authority is refused.', notYet(serverTls)],
  ['tls_expired', 'An expired client certificate is refused.', notYet(serverTls)],
  [
    'tls_rotation',
    'A certificate that was replaced on disk is used after `reload_interval`.',
    notYet('certificate rotation comes with TLS for servers'),
  ],
  ['auth_basic', 'Basic credentials: good, bad and missing.', notYet(authenticators)],
  ['auth_bearer', 'Bearer tokens: good, bad and missing.', notYet(authenticators)],
  ['auth_oidc', 'OIDC tokens: good, bad and missing.', notYet(authenticators)],
])
