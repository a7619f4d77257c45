import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { detectProject } from '../../src/cli/project/detect.js'
import { ignoreEnv, isEnvIgnored, isEnvTracked } from '../../src/cli/project/gitignore.js'

const run = promisify(execFile)

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'sallyport-detect-'))
  // The end of the way up.
  await mkdir(join(root, '.git'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
}

describe('the framework', () => {
  it.each<[string | undefined, Record<string, object>]>([
    ['fastify', { dependencies: { fastify: '5' } }],
    ['express', { dependencies: { express: '5' } }],
    ['hono', { dependencies: { hono: '4', '@hono/node-server': '2' } }],
    ['nestjs', { dependencies: { '@nestjs/core': '11', express: '5' } }],
    ['nestjs', { dependencies: { fastify: '5' }, peerDependencies: { '@nestjs/common': '11' } }],
    ['fetch', { dependencies: { next: '16' } }],
    ['fastify', { devDependencies: { fastify: '5' } }],
    [undefined, { dependencies: { koa: '3' } }],
    [undefined, {}],
  ])('is %s by %j', async (framework, content) => {
    await write({ 'package.json': JSON.stringify(content) })
    expect((await detectProject(root)).framework).toBe(framework)
  })

  it('is not known without a package.json, and a broken one is named', async () => {
    expect(await detectProject(root)).toMatchObject({ framework: undefined, packageJson: undefined })
    await write({ 'package.json': '{' })
    await expect(detectProject(root)).rejects.toThrow('package.json is not JSON')
  })
})

describe('the package manager', () => {
  it.each<[name: string, files: Record<string, string>, userAgent?: string]>([
    ['npm', { 'package-lock.json': '{}' }, 'pnpm/9.0.0 npm/? node/v20'],
    ['npm', { 'npm-shrinkwrap.json': '{}' }],
    ['pnpm', { 'pnpm-lock.yaml': '' }],
    ['yarn', { 'yarn.lock': '' }],
    ['bun', { 'bun.lock': '' }],
    ['bun', { 'bun.lockb': '' }],
    ['pnpm', { 'package.json': '{ "packageManager": "pnpm@9.1.0+sha512.abc" }' }],
    ['yarn', { 'package.json': '{ "packageManager": "yarn@4.0.0" }' }, 'npm/10.0.0 node/v20'],
    ['bun', {}, 'bun/1.2.0 npm/? node/v20'],
    ['npm', { 'package.json': '{ "packageManager": "other@1" }' }],
    ['npm', {}],
  ])('is %s by %j and %j', async (name, files, userAgent) => {
    await write(files)
    expect((await detectProject(root, userAgent)).packageManager.name).toBe(name)
  })

  it('is that of the root of the workspaces, but not of what is above the repository', async () => {
    await write({ 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': '', 'packages/api/package.json': '{}' })
    await write({ 'packages/other/.git/HEAD': '', 'packages/other/package.json': '{}' })
    const inPackage = await detectProject(join(root, 'packages/api'))
    expect([inPackage.packageManager.name, inPackage.isWorkspaceRoot]).toEqual(['pnpm', false])
    expect(await detectProject(root)).toMatchObject({ packageManager: { name: 'pnpm' }, isWorkspaceRoot: true })
    expect((await detectProject(join(root, 'packages/other'))).packageManager.name).toBe('npm')
  })
})

describe('.gitignore', () => {
  const ignores = async (text: string) => {
    await write({ '.gitignore': text })
    return isEnvIgnored(root)
  }

  it.each<[boolean, string]>([
    [true, '.env\n'],
    [true, '/.env'],
    [true, 'node_modules\r\n.env*\r\n'],
    [true, '**/.env\n'],
    [false, ''],
    [false, '.env.local\n'],
    [false, '# .env\n'],
    [false, '.env\n!.env\n'],
  ])('%s by %j, in a repository and without one', async (is, text) => {
    expect(await ignores(text)).toBe(is)
    await run('git', ['init', '--quiet', root])
    expect(await ignores(text)).toBe(is)
  })

  it('is asked for in the folders above too, and tells what git has already', async () => {
    await run('git', ['init', '--quiet', root])
    await write({ '.gitignore': '.env\n', 'api/.env': '' })
    expect([await isEnvIgnored(join(root, 'api')), await isEnvTracked(join(root, 'api'))]).toEqual([true, false])
    await run('git', ['-C', root, 'add', '--force', 'api/.env'])
    expect([await isEnvIgnored(join(root, 'api')), await isEnvTracked(join(root, 'api'))]).toEqual([true, true])
  })

  it.each<[string | undefined, string]>([
    [undefined, '.env\n'],
    ['dist', 'dist\n.env\n'],
    ['dist\r\n', 'dist\r\n.env\r\n'],
  ])('with %j becomes %j', async (before, after) => {
    if (before !== undefined) await write({ '.gitignore': before })
    await ignoreEnv(root)
    expect(await readFile(join(root, '.gitignore'), 'utf8')).toBe(after)
    expect(await isEnvIgnored(root)).toBe(true)
  })
})
