import { defineConfig } from 'vitest/config'

/** Against other people's collectors and SDKs, which are built first: see test/nightly/README.md. */
export default defineConfig({
  test: {
    include: ['test/nightly/**/*.nightly.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
})
