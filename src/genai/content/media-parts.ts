import { at, firstOf, isObject, type Json, type JsonObject, textOf } from './json.ts'
import type { MediaPart } from './message.ts'

/**
 * An image, a sound, a document: the parts of the conventions, and those of OpenAI, Anthropic,
 * Bedrock, Gemini and the AI SDK. `undefined` when there is neither data nor an address.
 */
export function mediaPart(it: JsonObject): MediaPart | undefined {
  const body = bodyOf(it)
  const mimeType = textOf(firstOf(...mimeNames.map((name) => body[name] ?? it[name])))
  const modality = textOf(it.modality) ?? modalityOf(it, mimeType)
  const fileId = textOf(firstOf(body.file_id, body.fileId))
  if (fileId !== undefined) return { kind: 'file', modality, fileId }
  const uri = uriOf(it, body)
  if (uri !== undefined && !uri.startsWith('data:')) return { kind: 'uri', modality, uri }
  const content = uri ?? textOf(firstOf(...dataNames.map((name) => body[name])))
  return content === undefined ? undefined : { kind: 'blob', modality, mimeType, content }
}

const mimeNames = ['mime_type', 'mimeType', 'media_type', 'mediaType', 'format']
const dataNames = ['content', 'data', 'bytes', 'file_data', 'b64_json', 'image', 'base64']
const wrappers = [
  'source',
  'image_url',
  'input_audio',
  'file',
  'inlineData',
  'inline_data',
  'fileData',
  'file_data',
  'image',
  'document',
  'video',
  'audio',
]

/** Most put data and address one level down, Bedrock two: `image.source.bytes`. */
function bodyOf(it: JsonObject): JsonObject {
  for (const name of wrappers) {
    const inner = it[name]
    if (isObject(inner)) return isObject(inner.source) ? inner.source : inner
  }
  return it
}

function uriOf(it: JsonObject, body: JsonObject): string | undefined {
  const places: readonly (Json | undefined)[] = [
    body.uri,
    body.url,
    at(body, 'image', 'url'),
    body.fileUri,
    body.file_uri,
    at(body, 's3Location', 'uri'),
    typeof it.image_url === 'string' ? it.image_url : undefined,
  ]
  return textOf(firstOf(...places))
}

const modalities = ['image', 'audio', 'video', 'document', 'file']

function modalityOf(it: JsonObject, mimeType: string | undefined): string | undefined {
  const hints = [mimeType, textOf(it.type), ...Object.keys(it)].filter((hint) => hint !== undefined)
  return modalities.find((modality) => hints.some((hint) => hint.includes(modality)))
}
