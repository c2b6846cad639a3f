/** resource_spans{resource{attributes{value{array{values{array…}}}}}} as bytes, inside out. */
export function nestedProtobuf(depth: number): Buffer {
  let value: Uint8Array = Buffer.alloc(0)
  for (let i = 0; i < depth; i++) value = field(5, field(1, value))
  return field(1, field(1, field(1, field(2, value))))
}

function field(number: number, content: Uint8Array): Buffer {
  const length: number[] = []
  let rest = content.length
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80)
  return Buffer.concat([Buffer.of((number << 3) | 2, ...length, rest), content])
}
