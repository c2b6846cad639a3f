import { items, proven } from './item.ts'

const statuses = 'receivers/otlp/statuses.test.ts'
const jsonDoor = 'receivers/otlp/json.test.ts'
const jsonData = 'src/pdata/json.test.ts'

export const receiverJson = items('receiver', [
  [
    'hex_ids',
    'Hex ids are accepted in upper and lower case.',
    proven([jsonDoor, '%s means the same as the plain form', 'ids in upper case']),
  ],
  [
    'base64_ids',
    'Base64 ids are rejected by their length with 400.',
    proven(
      [jsonDoor, '%s is answered 400', 'a span id in base64'],
      [statuses, '%s is answered 400 with the place in a BadRequest', 'a span id in base64'],
    ),
  ],
  [
    'int64',
    'int64 values are accepted as strings and as numbers, without losing digits.',
    proven([
      jsonDoor,
      '%s means the same as the plain form',
      'int64 and nanoseconds as bare numbers, with all their digits',
    ]),
  ],
  [
    'nanoseconds',
    'Timestamps keep their nanoseconds.',
    proven([
      jsonData,
      'timestamps keep their nanoseconds as strings, as numbers and with any spacing',
    ]),
  ],
  [
    'nan',
    'NaN and both infinities are accepted.',
    proven([jsonData, 'doubles that JSON has no numbers for are strings, both ways']),
  ],
  [
    'unknown_keys',
    'Unknown keys are ignored at each level, whatever their value.',
    proven(
      [jsonDoor, '%s means the same as the plain form', 'unknown keys at each level'],
      [jsonData, 'unknown keys are ignored at every depth and in every shape'],
    ),
  ],
  [
    'snake_case',
    'Keys in snake_case are accepted.',
    proven(
      [jsonDoor, '%s means the same as the plain form', 'keys in snake_case'],
      [jsonData, 'JSON of ${signal} means what a general encoder makes of the same data'],
    ),
  ],
  [
    'enum_names',
    'Enums are accepted by number and by name.',
    proven(
      [jsonDoor, '%s means the same as the plain form', 'an enum by its name'],
      [jsonData, 'enums are read as numbers, as names and as numbers in strings'],
    ),
  ],
])
