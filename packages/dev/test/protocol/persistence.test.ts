import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, expect, test, vi } from 'vitest'
import { createTenant } from '../../src/index.js'
import { forget } from '../../src/tenant/persistence.js'
import { tokensFor } from '../support/login.js'
import { apis, protocolSeed } from '../support/protocol-seed.js'
import { askForToken, machineRequest, textOf, userId } from '../support/token-requests.js'

const issuer = 'https://tenant.test/'
const parent = await mkdtemp(join(tmpdir(), 'sallyport-'))
afterAll(() => rm(parent, { recursive: true, force: true }))

let folders = 0
const newFolder = () => join(parent, `deep/${++folders}`)
const modeOf = async (path: string) => (await stat(path)).mode & 0o777

test('keeps what changes: entities, keys, refresh tokens and opaque tokens', async () => {
  const persist = newFolder()
  const before = await createTenant(issuer, { seed: protocolSeed, persist })
  const email = 'ada@example.com'
  const fields = { audience: apis.plain, scope: 'openid offline_access' }
  const tokens = await tokensFor(before, { fields })
  const opaque = textOf(await tokensFor(before), 'access_token')
  await before.keys.rotate()
  before.state.clients.delete('stranger')
  before.state.roles.put({ id: 'rol_new', name: 'New', description: '', permissions: [] })
  const [user, kids] = [userId(before, email), before.keys.list().map(({ kid, state }) => `${kid} ${state}`)]
  await before.close()
  const after = await createTenant(issuer, { seed: { apis: [] }, persist })
  expect(userId(after, email)).toBe(user)
  expect(after.keys.list().map(({ kid, state }) => `${kid} ${state}`)).toEqual(kids)
  expect(after.state.clients.get('stranger')).toBeUndefined()
  expect(after.state.roles.get('rol_new')).toMatchObject({ name: 'New' })
  const refresh_token = textOf(tokens, 'refresh_token')
  expect(await askForToken(after, { grant_type: 'refresh_token', client_id: 'page', refresh_token })).toMatchObject({
    status: 200,
  })
  const userinfo = await after.fetch(`${issuer}userinfo`, { headers: { authorization: `Bearer ${opaque}` } })
  expect(userinfo.status).toBe(200)
  await after.close()
})

test('lets nobody else read it', async () => {
  const persist = newFolder()
  const tenant = await createTenant(issuer, { persist })
  await tenant.close()
  expect(await modeOf(persist)).toBe(0o700)
  expect(await modeOf(join(persist, 'tenant.json'))).toBe(0o600)
  await chmod(join(persist, 'tenant.json'), 0o644)
  const again = await createTenant(issuer, { persist })
  await again.close()
  expect(await modeOf(join(persist, 'tenant.json'))).toBe(0o600)
  const text = await readFile(join(persist, 'tenant.json'), 'utf8')
  expect(text).not.toContain('local-password')
})

test('keeps the .gitignore of a folder that was there before', async () => {
  const persist = newFolder()
  await mkdir(persist, { recursive: true })
  await writeFile(join(persist, '.gitignore'), 'node_modules\n')
  await (await createTenant(issuer, { persist })).close()
  expect(await readFile(join(persist, '.gitignore'), 'utf8')).toBe('node_modules\n')
})

test.each(['https://moved.test/', 'http://localhost:4999/'])('moves what was kept to %s', async (moved) => {
  const persist = newFolder()
  const management = `${issuer}api/v2/`
  const before = await createTenant(issuer, { seed: protocolSeed, persist })
  const scope = ['read:clients']
  before.state.clientGrants.put({
    id: 'cgr_new',
    client_id: 'machine',
    audience: management,
    scope,
    subject_type: 'client',
  })
  await before.close()
  const after = await createTenant(moved, { persist })
  const answer = await askForToken(after, machineRequest(`${moved}api/v2/`))
  expect(answer).toMatchObject({ status: 200, body: { scope: 'read:clients' } })
  expect(await askForToken(after, machineRequest(management))).toMatchObject({ status: 403 })
  expect(await askForToken(after, machineRequest(apis.plain))).toMatchObject({ status: 200 })
  await after.close()
  expect(await readFile(join(persist, 'tenant.json'), 'utf8')).not.toContain(management)
})

const whole = { version: 1, issuer, keys: [], entities: {} }

test.each([
  ['no JSON', '{ "version": 1'],
  ['nothing', ''],
  ['null', 'null'],
  ['another version', JSON.stringify({ ...whole, version: 2 })],
  ['no entities', JSON.stringify(whole)],
  ['entities of another kind', JSON.stringify({ ...whole, entities: { resource_servers: [] } })],
])('begins with nothing else where the file has %s, and leaves it alone', async (_, text) => {
  const persist = newFolder()
  await mkdir(persist, { recursive: true })
  const file = join(persist, 'tenant.json')
  await writeFile(file, text)
  await expect(createTenant(issuer, { persist })).rejects.toThrow(
    `${file} is not a tenant that this version can read. Take it away, or run: sallyport dev --reset`,
  )
  expect(await readFile(file, 'utf8')).toBe(text)
})

test('begins with nothing else where the file cannot be read', async () => {
  const persist = newFolder()
  await mkdir(join(persist, 'tenant.json'), { recursive: true })
  await expect(createTenant(issuer, { persist })).rejects.toThrow('tenant.json cannot be read: EISDIR')
})

test('goes on without a disk, says so, and writes all when there is one again', async () => {
  const persist = newFolder()
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const tenant = await createTenant(issuer, { seed: protocolSeed, persist })
  await tenant.keys.published()
  await rm(persist, { recursive: true })
  tenant.state.clients.delete('stranger')
  await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.stringContaining('cannot be written: ENOENT')))
  expect(await askForToken(tenant, machineRequest(apis.plain))).toMatchObject({ status: 200 })
  await mkdir(persist)
  tenant.state.clients.delete('reader')
  await tenant.close()
  warn.mockRestore()
  const { entities } = JSON.parse(await readFile(join(persist, 'tenant.json'), 'utf8'))
  const kept = entities.clients.map(({ client_id }: { readonly client_id: string }) => client_id)
  expect(kept).toEqual(['machine', 'bound-machine', 'page', 'bound-page', 'web', 'device', 'gateway'])
})

test('writes nothing after it is closed', async () => {
  const persist = newFolder()
  const tenant = await createTenant(issuer, { persist })
  await tenant.close()
  const { mtimeMs } = await stat(join(persist, 'tenant.json'))
  expect(JSON.parse(await readFile(join(persist, 'tenant.json'), 'utf8')).keys).toHaveLength(2)
  await setTimeout(300)
  expect((await stat(join(persist, 'tenant.json'))).mtimeMs).toBe(mtimeMs)
})

test('forgets all of it, and nothing else', async () => {
  const persist = newFolder()
  await (await createTenant(issuer, { persist })).close()
  await writeFile(join(persist, 'tenant.json.123.new'), '')
  await writeFile(join(persist, 'other.json'), '')
  await forget(persist)
  expect((await readdir(persist)).sort()).toEqual(['.gitignore', 'other.json'])
  await forget(join(parent, 'never-there'))
})

test('leaves a folder to the process that has it', async () => {
  const persist = newFolder()
  const child = spawn(process.execPath, [await restlessProgram(), persist], { stdio: 'inherit' })
  const exit = once(child, 'exit')
  while ((await countIn(persist)) === 0 && child.exitCode === null) await setTimeout(5)
  await expect(createTenant(issuer, { persist, reset: true })).rejects.toThrow(
    `${persist} is in use by another tenant (process ${child.pid}).`,
  )
  child.kill('SIGKILL')
  await exit
  expect(await countIn(persist)).toBeGreaterThan(0)
  const after = await createTenant(issuer, { persist })
  expect(after.state.roles.get('rol_restless')).toBeDefined()
  await after.close()
  expect(await readdir(persist)).not.toContain('tenant.lock')
})

test('forgets what a folder has where it shall begin anew', async () => {
  const persist = newFolder()
  const before = await createTenant(issuer, { seed: protocolSeed, persist })
  await before.close()
  const after = await createTenant(issuer, { seed: { apis: [] }, persist, reset: true })
  expect(after.state.clients.get('machine')).toBeUndefined()
  expect(after.keys.list()[0]?.kid).not.toBe(before.keys.list()[0]?.kid)
  await after.close()
})

/** One file, as it is started many times. */
async function restlessProgram(): Promise<string> {
  const outfile = join(parent, 'restless-tenant.mjs')
  const source = fileURLToPath(new URL('../support/restless-tenant.ts', import.meta.url))
  const mainFields = ['module', 'main']
  await build({ entryPoints: [source], outfile, bundle: true, platform: 'node', format: 'esm', mainFields })
  return outfile
}

/** What a restless tenant has counted, by a file that has to be whole at every moment. */
async function countIn(folder: string): Promise<number> {
  const text = await readFile(join(folder, 'tenant.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return 0
  const { entities } = JSON.parse(text)
  const role = entities.roles.find(({ id }: { readonly id: string }) => id === 'rol_restless')
  if (role === undefined) return 0
  expect([role.name, role.description.length]).toEqual([entities.settings.support_email, 200_000])
  return Number(role.name)
}

test('has a whole file, whenever its process is killed', async () => {
  const persist = newFolder()
  const program = await restlessProgram()
  let last = 0
  for (let round = 0; round < 12; round += 1) {
    const child = spawn(process.execPath, [program, persist], { stdio: 'inherit' })
    const exit = once(child, 'exit')
    while ((await countIn(persist)) <= last && child.exitCode === null) await setTimeout(2)
    await setTimeout(Math.random() * 20)
    child.kill('SIGKILL')
    expect(await exit).toEqual([null, 'SIGKILL'])
    const count = await countIn(persist)
    expect(count).toBeGreaterThan(last)
    last = count
  }
}, 60_000)
