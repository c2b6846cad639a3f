/** Clocks of two machines, and two instrumentations of one thing, are this far apart. */
export const skewMs = 50
