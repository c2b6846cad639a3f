/** What is stored was written in a later format than this version of the product reads. */
export class NewerFormatError extends Error {
  override readonly name = 'NewerFormatError'

  /**
   * @param what is stored, as in `the image of state`
   * @param found its format
   * @param known the latest format that can be read
   */
  constructor(what: string, found: number, known: number) {
    super(`${what} has format ${found}; this version of agent-sre reads up to ${known}`)
  }
}

/** What is stored is cut off, changed, or was never written by us. */
export class DamagedStateError extends Error {
  override readonly name = 'DamagedStateError'
}

/** Throws where a stored format is later than the known one. */
export function checkFormat(what: string, found: number, known: number): void {
  if (found > known) throw new NewerFormatError(what, found, known)
  if (found < 1) throw new DamagedStateError(`${what} has no format`)
}
