import { BinaryReader } from './binary-reader.ts'
import type { BinaryWriter } from './binary-writer.ts'
import { checkFormat } from './format-errors.ts'
import type { Summary } from './summary.ts'

/** One summary as it lies in an image. */
export interface Section {
  readonly name: string
  readonly kind: string
  readonly format: number
  /** Nobody had named it when the image was made. */
  readonly isUnclaimed: boolean
  readonly body: Uint8Array
}

/** A summary is known by its name and its kind. */
export function sectionKey(name: string, kind: string): string {
  return JSON.stringify([name, kind])
}

function writeHead(out: BinaryWriter, head: Omit<Section, 'body'>): void {
  out.text(head.name)
  out.text(head.kind)
  out.count(head.format)
  out.byte(head.isUnclaimed ? 1 : 0)
}

/** Writes what nobody has named, as it was. */
export function writeUnclaimed(out: BinaryWriter, section: Section): void {
  writeHead(out, { ...section, isUnclaimed: true })
  const start = out.beginSection()
  out.raw(section.body)
  out.endSection(start)
}

export function* writeSummary(
  out: BinaryWriter,
  name: string,
  summary: Summary,
): Generator<undefined, void> {
  const { kind, format } = summary
  writeHead(out, { name, kind, format, isUnclaimed: false })
  const start = out.beginSection()
  yield* summary.encode(out)
  out.endSection(start)
}

export function readSection(from: BinaryReader): Section {
  return {
    name: from.text(),
    kind: from.text(),
    format: from.count(),
    isUnclaimed: from.byte() === 1,
    body: from.section(),
  }
}

export function decodeSection(section: Section, into: Summary): void {
  checkFormat(`${section.kind} ${section.name}`, section.format, into.format)
  const body = new BinaryReader(section.body)
  into.decode(body, section.format)
  body.end()
}
