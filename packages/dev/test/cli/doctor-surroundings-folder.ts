import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { examine, whereOf } from '../../src/cli/doctor/examine.js'
import { readProject } from '../../src/cli/doctor/read-project.js'
import type { Rule } from '../../src/cli/doctor/rule.js'

/** By path; `undefined` leaves a file of the clean project out. */
export type Files = Readonly<Record<string, string | undefined>>

/** A project without mistakes. */
export const cleanFiles = {
  'package.json': `{
  "name": "api",
  "type": "module",
  "scripts": { "start": "node --env-file=.env src/app.ts" },
  "dependencies": {
    "fastify": "^5.0.0",
    "sallyport": "^1.0.0"
  }
}
`,
  '.env': 'AUTH0_DOMAIN=tenant.eu.auth0.com\nAUTH0_AUDIENCE=https://api.example.com\n',
  '.env.example': 'AUTH0_DOMAIN=\nAUTH0_AUDIENCE=\n',
  '.gitignore': 'node_modules\n.env\n',
  'src/app.ts': `import Fastify from 'fastify'
import { createAuth } from 'sallyport/fastify'

const auth0 = createAuth({ domain: process.env.AUTH0_DOMAIN, audience: process.env.AUTH0_AUDIENCE })
const app = Fastify()
await app.register(auth0.plugin)
app.get('/api/private', { onRequest: auth0.requireAuth() }, async () => ({ ok: true }))
app.get('/api/messages', { onRequest: auth0.requireAuth({ scopes: 'read:messages' }) }, async () => ({ ok: true }))
await app.listen({ port: 3000 })
`,
} as const satisfies Files

/** A real folder with the clean project, changed. Its `.env` is for its owner alone. */
export async function folderWith(changed: Files = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-doctor-'))
  for (const [file, text] of Object.entries({ ...cleanFiles, ...changed })) {
    if (text === undefined) continue
    const path = join(folder, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
    if (file === '.env') await chmod(path, 0o600)
  }
  return folder
}

export async function findingsIn(folder: string, rules: readonly Rule[]) {
  const { project } = await readProject(folder)
  const { findings, failed } = await examine(project, rules)
  if (failed.length > 0) throw new Error(`Rules failed: ${failed.join('; ')}`)
  return findings
}

/** What is found, as `error domain-format .env:1:1`. */
export async function linesIn(folder: string, rules: readonly Rule[]): Promise<readonly string[]> {
  return (await findingsIn(folder, rules)).map(({ severity, code, place }) =>
    [severity, code, ...(place === undefined ? [] : [whereOf(place)])].join(' '),
  )
}
