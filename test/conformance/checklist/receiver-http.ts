import { items, proven } from './item.ts'

const statuses = 'receivers/otlp/statuses.test.ts'
const hostile = 'receivers/otlp/hostile.test.ts'
const compression = 'receivers/otlp/compression.test.ts'
const connections = 'receivers/otlp/connections.test.ts'
const cors = 'receivers/otlp/cors.test.ts'
const jsonData = 'src/pdata/json.test.ts'
const encodings = 'test/conformance/encodings.test.ts'
const anyBytes = 'test/conformance/hostile-bodies.test.ts'

export const receiverHttp = items('receiver', [
  [
    'encodings',
    'JSON and protobuf, each plain and in gzip, zstd and deflate, of all three signals are accepted on one port.',
    proven([
      encodings,
      'both encodings in every compression, of all signals, are taken on one port',
    ]),
  ],
  [
    'empty',
    'A protobuf body of 0 bytes and the JSON body `{}` are answered 200, and nothing is delivered or counted.',
    proven(
      [statuses, 'an empty request is a success that nothing is delivered for'],
      ['test/conformance/item-counts.test.ts', 'an empty request counts nothing'],
    ),
  ],
  [
    'method',
    'A method other than POST is answered 405, with those that there are.',
    proven([statuses, 'another method is answered 405 with the methods there are']),
  ],
  [
    'type',
    'A missing or unknown content type is answered 415, with those that there are.',
    proven([statuses, 'content type "%s" is answered 415 with the types there are']),
  ],
  [
    'path',
    'An unknown path is answered 404.',
    proven([statuses, 'a path exists only while a pipeline takes its signal']),
  ],
  [
    'path_absent',
    'The path of a signal is absent when no pipeline uses it.',
    proven([statuses, 'a path exists only while a pipeline takes its signal']),
  ],
  [
    'encoding',
    'An unknown `Content-Encoding` is answered 400 and named.',
    proven([
      statuses,
      'an unknown Content-Encoding is answered 400 in the encoding of the request',
    ]),
  ],
  [
    'response_type',
    'The response has the type of the request, for success and for errors.',
    proven(
      [statuses, 'are answered 200 with no bytes when they came as protobuf'],
      [statuses, 'are answered 200 with {} when they came as JSON'],
      [statuses, '%s is answered 400 with a Status in protobuf'],
      [statuses, '%s is answered 400 with the place in a BadRequest'],
    ),
  ],
  [
    'truncated',
    'Truncated bodies never crash and are answered 400, or 200 where what is left is a request.',
    proven(
      [anyBytes, '%s: any bytes, and any cut request, are answered 200 or 400'],
      [statuses, '%s is answered 400 with a Status in protobuf'],
      [compression, '%s is answered 400'],
    ),
  ],
  [
    'random',
    'Random bodies never crash and are answered 400, or 200 where they happen to be a request.',
    proven(
      [anyBytes, '%s: any bytes, and any cut request, are answered 200 or 400'],
      ['src/pdata/hostile.test.ts', 'random bytes are read or refused'],
      [jsonData, 'any JSON at all gives bytes that decode, or DecodeError'],
    ),
  ],
  [
    'nested',
    'Bodies nested 10 000 deep never crash and are answered 400.',
    proven(
      [hostile, '%s nested without end are answered 400'],
      ['src/pdata/hostile.test.ts', 'ten thousand nested values are refused without falling over'],
    ),
  ],
  [
    'bomb',
    'A compressed body that grows to 1 GiB is answered 413, with bounded memory.',
    proven(
      [compression, 'a bomb of 1 GiB in %s is answered 413'],
      [hostile, 'a gzip bomb is answered 413 and never held in memory'],
    ),
  ],
  [
    'too_large',
    'A body beyond the limit is answered 413 without a hint to retry, before it is read where its length is declared.',
    proven(
      [hostile, 'a body that is declared too large is answered 413 before it is read'],
      [hostile, 'a body that turns out too large in chunks is answered 413'],
    ),
  ],
  [
    'cors',
    'A CORS preflight from an allowed origin is answered 204, and the request after it may carry credentials.',
    proven([cors, 'the browser SDK may send JSON from an allowed origin, with credentials']),
  ],
  [
    'cors_without_credentials',
    'A CORS preflight without credentials is answered, also where every origin is allowed.',
    proven([cors, 'a literal * lets every page send, and names none']),
  ],
  [
    'cors_refused',
    'A foreign origin, method or header is answered without the headers that a browser looks for.',
    proven([cors, 'what is not allowed is answered without the headers that a browser looks for']),
  ],
  [
    'slow_clients',
    '30 parallel slow clients are all served.',
    proven([connections, 'thirty clients that send slowly are all served']),
  ],
  [
    'slow_headers',
    'Headers that never end are cut, and so are bodies.',
    proven(
      [hostile, 'headers that never end are cut after read_header_timeout'],
      [hostile, 'a body that never ends is cut after read_timeout, and its room given back'],
    ),
  ],
  [
    'half_closed',
    'A client that closes its half after its request is answered.',
    proven([hostile, 'a client that closes its half after its request is answered']),
  ],
  [
    'reset',
    'A client that resets in the middle of its body leaves nothing behind.',
    proven([hostile, 'a client that resets in the middle of its body leaves nothing behind']),
  ],
  [
    'unix_socket',
    'Both protocols listen on unix sockets, and remove their files at a clean stop.',
    proven([connections, 'both protocols listen on unix sockets, and remove them when they stop']),
  ],
  [
    'stale_socket',
    'A socket file that a crash left behind is replaced; one that is in use is not.',
    proven(
      [connections, 'a socket file that a crash left behind is replaced'],
      [connections, 'a socket in use, and a file that is no socket, are left alone'],
    ),
  ],
])
