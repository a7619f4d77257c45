import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const source = (path: string) => fileURLToPath(new URL(`packages/sallyport/src/${path}`, import.meta.url))

export default defineConfig({
  resolve: {
    alias: {
      '#digest': source('signature/digest-node.ts'),
      '#verify-signature': source('signature/verify-node.ts'),
    },
  },
  test: {
    include: ['packages/*/test/**/*.test.{ts,tsx}', 'examples/*/test/**/*.test.ts', 'scripts/test/**/*.test.ts'],
    testTimeout: 20_000,
    // Many tests wait for other processes: the default leaves a core of two idle.
    maxWorkers: '100%',
    unstubEnvs: true,
  },
})
