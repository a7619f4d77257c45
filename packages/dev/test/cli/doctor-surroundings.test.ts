import { execFileSync } from 'node:child_process'
import { chmod, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { surroundingRules } from '../../src/cli/doctor/surroundings/rules.js'
import { runCli } from '../support/cli.js'
import { cleanFiles, type Files, findingsIn, folderWith, linesIn } from './doctor-surroundings-folder.js'

const secret = 'a-secret-that-nobody-may-see'

interface Case {
  readonly does: string
  readonly files: Files
  readonly environment?: Readonly<Record<string, string>>
  readonly finds: readonly string[]
}

function env(...lines: readonly string[]): Files {
  return { '.env': `${lines.join('\n')}\n` }
}

const domain = 'AUTH0_DOMAIN=tenant.eu.auth0.com'
const audience = 'AUTH0_AUDIENCE=https://api.example.com'

function dependencies(...names: readonly string[]): Files {
  const rows = names.map((name) => `    "${name}": "^1.0.0"`).join(',\n')
  return { 'package.json': `{\n  "name": "api",\n  "dependencies": {\n${rows}\n  }\n}\n` }
}

function source(text: string): Files {
  return { 'src/app.ts': text }
}

const cases: readonly Case[] = [
  { does: 'finds nothing in the clean project', files: {}, finds: [] },
  {
    does: 'names a package that logs people in',
    files: { ...dependencies('express', 'express-openid-connect'), ...source("import express from 'express'\n") },
    finds: ['warning wrong-sdk package.json:5:5'],
  },
  {
    does: 'only mentions it beside one that checks tokens',
    files: dependencies('fastify', 'sallyport', 'passport-auth0'),
    finds: ['info wrong-sdk package.json:6:5'],
  },
  {
    does: 'names a browser package that the API imports',
    files: {
      ...dependencies('@auth0/auth0-spa-js', 'react', 'fastify'),
      ...source("import Fastify from 'fastify'\nimport { Auth0Client } from '@auth0/auth0-spa-js'\n"),
    },
    finds: ['warning wrong-sdk package.json:4:5'],
  },
  {
    does: 'leaves the browser package of a front end alone',
    files: { ...dependencies('@auth0/auth0-spa-js', 'react', 'fastify', 'sallyport') },
    finds: [],
  },
  {
    does: 'leaves a web app without an API alone',
    files: { ...dependencies('@auth0/nextjs-auth0', 'next'), ...source('export const page = 1\n') },
    finds: [],
  },
  {
    does: 'names a client id as the audience',
    files: env(domain, 'AUTH0_AUDIENCE=aB3dE5gH7jK9mN1pQ3sT5vW7yZ9bC1dE'),
    finds: ['error audience-is-client-id .env:2:1'],
  },
  {
    does: 'names AUTH0_CLIENT_ID as the audience',
    files: env(domain, 'AUTH0_CLIENT_ID=local-m2m', 'AUTH0_AUDIENCE=local-m2m'),
    finds: ['error audience-is-client-id .env:3:1'],
  },
  {
    does: 'takes a long word as an audience',
    files: env(domain, 'AUTH0_AUDIENCE=anidentifierthatisthirtytwolongs'),
    finds: [],
  },
  {
    does: 'names the id of an API as the audience',
    files: env(domain, 'AUTH0_AUDIENCE=65a1b2c3d4e5f60718293a4b'),
    finds: ['error audience-is-api-id .env:2:1'],
  },
  ...[
    'https://tenant.eu.auth0.com/api/v2/',
    'https://tenant.eu.auth0.com/userinfo',
    'https://tenant.eu.auth0.com/',
  ].map((value) => ({
    does: `names the reserved audience ${value}`,
    files: env(domain, `AUTH0_AUDIENCE=${value}`),
    finds: ['error audience-reserved .env:2:1'],
  })),
  {
    does: 'names the Management API of a custom domain',
    files: env('AUTH0_DOMAIN=login.acme.com', 'AUTH0_AUDIENCE=https://login.acme.com/api/v2/'),
    finds: ['error audience-reserved .env:2:1'],
  },
  {
    does: 'takes a second version of an API of somebody else',
    files: env(domain, 'AUTH0_AUDIENCE=https://api.example.com/api/v2/'),
    finds: [],
  },
  {
    does: 'names a placeholder as the audience',
    files: env(domain, 'AUTH0_AUDIENCE=YOUR_API_IDENTIFIER'),
    finds: ['error audience-format .env:2:1'],
  },
  {
    does: 'names a list as the audience',
    files: env(domain, 'AUTH0_AUDIENCE="https://a.example.com,https://b.example.com"'),
    finds: ['error audience-format .env:2:1'],
  },
  {
    does: 'names two audiences that differ by a slash',
    files: env(domain, audience, 'VITE_AUTH0_AUDIENCE=https://api.example.com/'),
    finds: ['error aud-trailing-slash .env:3:1'],
  },
  ...(
    [
      ['https://tenant.eu.auth0.com', 'warning'],
      ['https://tenant.eu.auth0.com/', 'warning'],
      ['tenant.eu.auth0.com/', 'warning'],
      ['http://localhost:4490', 'warning'],
      ['http://tenant.eu.auth0.com', 'error'],
      ['https://tenant.eu.auth0.com/oauth/token', 'error'],
      ['"\'tenant.eu.auth0.com\'"', 'error'],
      ['"tenant.eu .auth0.com"', 'error'],
      ['https://manage.auth0.com/dashboard/eu/tenant/apis', 'error'],
      ['your-tenant.auth0.com', 'error'],
      ['tenant', 'error'],
    ] as const
  ).map(([value, severity]) => ({
    does: `names the domain ${value}`,
    files: env(audience, `export AUTH0_DOMAIN=${value}`),
    finds: [`${severity} domain-format .env:2:1`],
  })),
  ...['localhost:4490', 'login.acme.com', 'TENANT.us.auth0.com'].map((value) => ({
    does: `takes the domain ${value}`,
    files: env(audience, `AUTH0_DOMAIN=${value}`),
    finds: [],
  })),
  {
    does: 'names a domain of the environment without a place',
    files: {},
    environment: { AUTH0_DOMAIN: 'https://other.eu.auth0.com/' },
    finds: ['warning domain-format'],
  },
  {
    does: 'names what .env lacks, where it is read',
    files: env(domain, 'AUTH0_AUDIENCE='),
    finds: ['error env-missing src/app.ts:4:72'],
  },
  {
    does: 'takes what stands within a value of several lines for no variable',
    files: env(domain, 'AUTH0_AUDIENCE=https://api.example.com', 'TEXT="first', "AUTH0_AUDIENCE=' quoted '", 'last"'),
    finds: [],
  },
  {
    does: 'does not count .env.example',
    files: { '.env': undefined },
    finds: ['warning env-missing src/app.ts:4:36', 'warning env-missing src/app.ts:4:72'],
  },
  {
    does: 'counts the environment',
    files: { '.env': undefined },
    environment: { AUTH0_DOMAIN: 'tenant.eu.auth0.com', AUTH0_AUDIENCE: 'https://api.example.com' },
    finds: [],
  },
  {
    does: 'counts what starts the API',
    files: {
      '.env': undefined,
      'compose.yaml': 'services:\n  api:\n    environment:\n      AUTH0_DOMAIN: a\n      AUTH0_AUDIENCE: b\n',
    },
    finds: [],
  },
  {
    does: 'counts the local tenant in front of the command',
    files: {
      '.env': undefined,
      'package.json':
        '{ "scripts": { "dev": "sallyport dev -- tsx src/app.ts" }, "dependencies": { "sallyport": "1.0.0" } }',
    },
    finds: [],
  },
  {
    does: 'knows what Sallyport reads by itself',
    files: {
      ...env(domain),
      ...source("import { createAuth } from 'sallyport/express'\nexport const auth0 = createAuth()\n"),
    },
    finds: ['error env-missing src/app.ts:2:22'],
  },
  {
    does: 'knows variables that are taken apart, and those of a config service',
    files: {
      ...env(domain),
      ...source("const { AUTH0_AUDIENCE, AUTH0_OTHER = 'x' } = process.env\nconfig.getOrThrow('AUTH0_CLIENT_ID')\n"),
    },
    finds: ['error env-missing src/app.ts:1:9', 'warning env-missing src/app.ts:2:1'],
  },
  ...[
    "process.env.AUTH0_X ?? 'x'",
    "process.env['AUTH0_X'] || 'x'",
    'process.env.AUTH0_X ? 1 : 2',
    '!process.env.AUTH0_X',
    "(process.env.AUTH0_X = 'x')",
    'if (process.env.AUTH0_X) run()',
    "process.env.AUTH0_X?.split(',')",
    'Boolean(process.env.AUTH0_X)',
    "cache.get('AUTH0_X')",
    'createAuth(options)',
    'createAuth({ ...options })',
  ].map((text) => ({
    does: `needs nothing for ${text}`,
    files: { ...env(domain), ...source(`import { createAuth } from 'sallyport/hono'\n${text}\n`) },
    finds: [],
  })),
]

describe('doctor, the surroundings of a project', () => {
  let folders: string[]

  beforeEach(() => {
    folders = []
    for (const name of Object.keys(process.env)) if (name.startsWith('AUTH0_')) vi.stubEnv(name, undefined)
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null')
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1')
  })
  afterEach(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true })
  })

  async function projectWith(files: Files, tracked: readonly string[] = []): Promise<string> {
    const folder = await folderWith(files)
    folders.push(folder)
    execFileSync('git', ['init', '--quiet'], { cwd: folder })
    if (tracked.length > 0) execFileSync('git', ['add', '--force', ...tracked], { cwd: folder })
    return folder
  }

  it.each(cases)('$does', async ({ files, environment = {}, finds }) => {
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
    expect(await linesIn(await projectWith(files), surroundingRules)).toEqual(finds)
  })

  it('suggests the variable that may have been meant', async () => {
    const folder = await projectWith(env(domain, 'AUTH0_AUDIANCE=https://api.example.com'))
    const [finding] = await findingsIn(folder, surroundingRules)
    expect(finding?.message).toContain('It has AUTH0_AUDIANCE: is that the one?')
  })

  it('finds .env in git, worse with a secret in it', async () => {
    const plain = await projectWith({}, ['.env'])
    expect(await linesIn(plain, surroundingRules)).toEqual(['warning env-tracked .env:1:1'])
    const withSecret = await projectWith(env(domain, audience, `AUTH0_CLIENT_SECRET=${secret}`), ['.env'])
    expect(await linesIn(withSecret, surroundingRules)).toEqual(['error env-tracked .env:1:1'])
  })

  it('says nothing about git where there is none', async () => {
    const folder = await projectWith({ '.gitignore': undefined })
    await rm(join(folder, '.git'), { recursive: true })
    expect(await linesIn(folder, surroundingRules)).toEqual([])
  })

  it('knows what a folder above ignores', async () => {
    const folder = await projectWith({ 'api/.env': `${domain}\n`, 'api/package.json': cleanFiles['package.json'] })
    await chmod(join(folder, 'api/.env'), 0o600)
    expect(await linesIn(join(folder, 'api'), surroundingRules)).toEqual([])
  })

  async function repairAll(folder: string): Promise<void> {
    for (const { repair } of await findingsIn(folder, surroundingRules)) await repair?.()
  }

  it.each(['node_modules', 'node_modules\r\ndist\r\n', undefined])('adds .env to .gitignore: %j', async (before) => {
    const folder = await projectWith({ '.gitignore': before })
    expect(await linesIn(folder, surroundingRules)).toEqual(['warning env-not-ignored .env:1:1'])
    await repairAll(folder)
    expect(await linesIn(folder, surroundingRules)).toEqual([])
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toContain(before ?? '.env')
  })

  it('closes .env for others, which is worth a warning only where there is a secret', async () => {
    const folder = await projectWith({})
    await chmod(join(folder, '.env'), 0o644)
    expect(await linesIn(folder, surroundingRules)).toEqual(['info env-mode .env:1:1'])
    await repairAll(folder)
    expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
    expect(await linesIn(folder, surroundingRules)).toEqual([])

    const withSecret = await projectWith(env(domain, audience, `API_KEY=${secret}`))
    await chmod(join(withSecret, '.env'), 0o640)
    expect(await linesIn(withSecret, surroundingRules)).toEqual(['warning env-mode .env:1:1'])
  })

  it.each([
    ["AUTH0_DOMAIN='https://tenant.eu.auth0.com/' # ours", 'tenant.eu.auth0.com'],
    ['export AUTH0_DOMAIN=https://tenant.eu.auth0.com/oauth/token', 'tenant.eu.auth0.com'],
    ['AUTH0_DOMAIN=http://localhost:4490/', 'localhost:4490'],
  ])('makes a bare host of %s', async (line, host) => {
    const folder = await projectWith(env(`# kept`, line, audience, `AUTH0_CLIENT_SECRET=${secret}`))
    await repairAll(folder)
    expect(await linesIn(folder, surroundingRules)).toEqual([])
    const text = await readFile(join(folder, '.env'), 'utf8')
    expect(text).toMatch(new RegExp(`^# kept\n(export )?AUTH0_DOMAIN=['"]?${host}['"]?( # ours)?\n`))
    expect(text).toContain(secret)
  })

  it('guesses the domain of a dashboard address, and leaves the file alone', async () => {
    const folder = await projectWith(env('AUTH0_DOMAIN=https://manage.auth0.com/dashboard/eu/tenant/apis', audience))
    const [finding] = await findingsIn(folder, surroundingRules)
    expect(finding?.mend.text).toBe('Set AUTH0_DOMAIN=tenant.eu.auth0.com')
    expect(finding?.repair).toBeUndefined()
  })

  it('never shows another value of .env', async () => {
    const folder = await projectWith(
      env('AUTH0_DOMAIN=https://x y/', 'AUTH0_AUDIENCE=YOUR_API', `AUTH0_CLIENT_SECRET=${secret}`, `OTHER=${secret}`),
      ['.env'],
    )
    await chmod(join(folder, '.env'), 0o644)
    const findings = await findingsIn(folder, surroundingRules)
    expect(findings.length).toBeGreaterThan(3)
    expect(JSON.stringify(findings)).not.toContain(secret)
  })

  it('is run, told and mended by the command', async () => {
    const folder = await projectWith({
      ...env('AUTH0_DOMAIN=https://tenant.eu.auth0.com/', audience),
      '.gitignore': '',
    })
    const told = await runCli(['doctor', '--offline'], { cwd: folder })
    expect(told.stdout).toMatch(/domain-format\n {4}\.env:1:1 /)
    expect(told.stdout).toMatch(/env-not-ignored\n {4}\.env:1:1 /)
    const mended = await runCli(['doctor', '--offline', '--fix', '--json'], { cwd: folder })
    expect(JSON.parse(mended.stdout).data).toMatchObject({
      findings: [],
      mended: [expect.any(String), expect.any(String)],
    })
  })
})
