import { beforeAll, describe, expect, it } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { consumers, fileOf, programOf } from './support/consumers.js'
import { type PackedPackage, type Project, packPackage } from './support/packed-package.js'
import { type RedisServer, startRedis } from './support/redis-server.js'

const titled = consumers.map((consumer) => [consumer.packages.join(' ') || 'no framework', consumer] as const)

describe('the packed tarball', () => {
  let packed: PackedPackage
  let redis: RedisServer

  beforeAll(async () => {
    packed = await packPackage()
    return packed.remove
  }, 120_000)
  beforeAll(async () => {
    redis = await startRedis()
    return redis.stop
  })

  it('holds no sources, tests or maps', () => {
    const expected = /^(?:dist\/.*\.(?:js|d\.ts)|package\.json|README\.md|LICENSE)$/
    expect(packed.files.filter((path) => !expected.test(path))).toEqual([])
  })

  it('has a use for each of its subpaths here', () => {
    const used = new Set(consumers.flatMap(({ uses }) => uses.map(({ subpath }) => subpath)))
    expect([...used, './package.json'].sort()).toEqual(Object.keys(manifest.exports).sort())
  })

  describe.each(titled)('with %s', (_, { packages, uses }) => {
    let project: Project
    let complaints: string

    beforeAll(async () => {
      project = await packed.projectWith(packages)
      complaints = await project.compile(new Map(uses.map((use) => [fileOf(use), programOf(use)])))
    }, 120_000)

    it('has no other framework or client', () => {
      const peers = Object.keys(manifest.peerDependencies)
      const installed = peers.filter((peer) => packages.some((name) => name.startsWith(`${peer}@`)))
      expect(peers.filter(project.finds)).toEqual(installed)
    })

    it('has types for a strict project that checks its libraries', () => {
      expect(complaints).toBe('')
    })

    describe.each(uses)('the export $subpath', (use) => {
      it.each([
        ['import from ESM', 'mjs'],
        ['require from CJS', 'cjs'],
      ])('works by %s', async (_, kind) => {
        expect(await project.run(`${fileOf(use)}.${kind}`, { REDIS_PORT: String(redis.port) })).toBe(use.prints)
      })
    })
  })
})
