/**
 * How much of one value is decoded. What lies beyond is not read: the value stays the text it was,
 * or the part of it that was read, and says that it is truncated.
 */

/** Bytes of one text, or of all texts in one structured value: four long contexts of a model. */
export const maxTextBytes = 4 * 1024 * 1024

/** How deep lists and objects nest; OTLP values nest no deeper either. */
export const maxDepth = 64

/** Values in one value, itself included. */
export const maxNodes = 200_000

/** The highest index of a flattened list. */
export const maxIndex = 10_000

/** Characters of a flattened key. */
export const maxKeyLength = 512

/** How often JSON is looked for in a JSON string. */
export const maxRounds = 3

/** How deep requests, lists and messages are looked for in each other. */
export const maxWrappers = 8
