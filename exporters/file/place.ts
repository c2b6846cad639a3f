import { accessSync, constants, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * What keeps a file from being written, with the directory or file at fault, or `undefined`.
 *
 * @param isMade whether a missing directory will be made
 */
export function placeProblem(path: string, isMade: boolean): string | undefined {
  const directory = dirname(resolve(path))
  const folder = kindOf(directory)
  if (folder === 'missing') {
    if (isMade) return undefined
    return `the directory ${directory} does not exist: make it, or set create_directory: true`
  }
  if (folder !== 'directory') return `${directory} is no directory`
  const file = kindOf(path)
  if (file === 'directory') return `${path} is a directory: add the name of a file`
  if (file === 'other') {
    return isWritable(path) ? undefined : `the file ${path} may not be written by this user`
  }
  return isWritable(directory)
    ? undefined
    : `the directory ${directory} may not be written by this user`
}

function kindOf(path: string): 'missing' | 'directory' | 'other' {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return 'missing'
  return found.isDirectory() ? 'directory' : 'other'
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return true
  } catch {
    return false
  }
}
