import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Tenant } from '../../src/index.js'
import { runCli } from '../support/cli.js'
import { type Api, startApi } from './call-api.js'
import { jsonOf, newFolder, startTokenTenant, workerSecret } from './token-world.js'

let tenant: Tenant
let api: Api
beforeAll(async () => {
  tenant = await startTokenTenant()
  api = await startApi(tenant)
})
afterAll(async () => {
  await api.close()
  await tenant.close()
})

const keyFile = '.auth/dpop-key.json'
const token = (cwd: string, parameters: readonly string[] = []) =>
  runCli(['token', '--domain', tenant.domain, ...parameters], { cwd, env: { AUTH0_CLIENT_SECRET: workerSecret } })
const boundTo = (text: string) => (decodeJwt(text.trim())['cnf'] as { jkt: string } | undefined)?.jkt
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

describe('sallyport token --dpop', () => {
  it('makes a key that nobody else reads or commits, and uses it again', async () => {
    await using folder = await newFolder()
    const first = await token(folder.path, ['--dpop'])
    expect(first.code).toBe(0)
    expect(first.stderr).toContain(`A new DPoP key is in ${keyFile}`)
    expect(first.stderr).toContain('✓ A DPoP token')
    const key = JSON.parse(await readFile(join(folder.path, keyFile), 'utf8'))
    expect(boundTo(first.stdout)).toBe(await calculateJwkThumbprint(key))
    expect([await modeOf(join(folder.path, '.auth')), await modeOf(join(folder.path, keyFile))]).toEqual([0o700, 0o600])
    expect(await readFile(join(folder.path, '.auth/.gitignore'), 'utf8')).toBe('*\n')
    const second = await token(folder.path, ['--dpop'])
    expect(second.stderr).not.toContain('A new DPoP key')
    expect(boundTo(second.stdout)).toBe(boundTo(first.stdout))
    expect(first.stdout + first.stderr + second.stderr).not.toContain(key.d)
  })

  it('binds all tokens to one key, also those that are asked for at the same time', async () => {
    await using folder = await newFolder()
    const all = await Promise.all([1, 2, 3].map(() => token(folder.path, ['--dpop'])))
    expect(new Set(all.map(({ stdout }) => boundTo(stdout))).size).toBe(1)
  })

  it('leaves the .gitignore of a folder that is there as it is', async () => {
    await using folder = await newFolder()
    await mkdir(join(folder.path, '.auth'))
    await writeFile(join(folder.path, '.auth/.gitignore'), 'own\n')
    await token(folder.path, ['--dpop'])
    expect(await readFile(join(folder.path, '.auth/.gitignore'), 'utf8')).toBe('own\n')
  })

  it('uses a key of yours', async () => {
    await using folder = await newFolder()
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    const jwk = await exportJWK(privateKey)
    await writeFile(join(folder.path, 'own.json'), JSON.stringify(jwk), { mode: 0o600 })
    const { data } = jsonOf(await token(folder.path, ['--dpop-key', 'own.json', '--json']))
    expect(data).toMatchObject({ dpop: { jkt: await calculateJwkThumbprint(jwk), key_file: 'own.json' } })
  })

  it.each<[what: string, content: string, mode: number, code: string]>([
    ['is no JSON', 'nothing', 0o600, 'dpop_key_unusable'],
    ['is no private key', '{"kty":"EC","crv":"P-256","x":"a","y":"b"}', 0o600, 'dpop_key_unusable'],
    ['is broken', '{"kty":"EC","crv":"P-256","x":"a","y":"b","d":"secret-part"}', 0o600, 'dpop_key_unusable'],
    ['others can read', '{}', 0o644, 'dpop_key_open'],
  ])('says that a key %s', async (_, content, mode, code) => {
    await using folder = await newFolder()
    await writeFile(join(folder.path, 'own.json'), content)
    await chmod(join(folder.path, 'own.json'), mode)
    const ended = await token(folder.path, ['--dpop-key', 'own.json', '--json'])
    expect([ended.code, jsonOf(ended)]).toMatchObject([1, { error: { code, fix: expect.any(String) } }])
    expect(ended.stdout + ended.stderr).not.toContain('secret-part')
  })

  it('names an API that gives plain tokens in spite of the proof', async () => {
    await using folder = await newFolder()
    const { code, stderr } = await token(folder.path, [
      '--dpop',
      '--client-id',
      'worker',
      '--audience',
      'https://plain.test',
    ])
    expect(code).toBe(0)
    expect(stderr).toContain('✓ A Bearer token')
    expect(stderr).toContain('in spite of the proof: https://plain.test has sender-constraining switched off')
  })
})

describe('sallyport token --curl', () => {
  const shell = async (line: string) => (await promisify(execFile)('sh', ['-c', `${line} -s`])).stdout

  it('prints a line that a shell can run', async () => {
    await using folder = await newFolder()
    const { stdout } = await token(folder.path, ['--curl', `${api.url}/private?q=it's&r=[1]`])
    expect(stdout.startsWith('curl ')).toBe(true)
    expect(await shell(stdout.trim())).toMatch(/^HTTP\/1\.1 200 /)
  })

  it('has a proof in it that is good once, for that address', async () => {
    await using folder = await newFolder()
    const { stdout, stderr } = await token(folder.path, ['--dpop', '--curl', `${api.url}/private`])
    expect(stderr).toContain('good once')
    const line = stdout.trim()
    expect(await shell(line.replace('/private', '/messages'))).toMatch(/^HTTP\/1\.1 (400|401) /)
    expect(await shell(line)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await shell(line)).toMatch(/^HTTP\/1\.1 (400|401) /)
  })
})
