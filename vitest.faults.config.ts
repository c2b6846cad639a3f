import { defineConfig } from 'vitest/config'

/** Kills, full disks, dead destinations and large backlogs at their whole size. */
export default defineConfig({
  test: {
    include: ['test/faults/**/*.faults.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
})
