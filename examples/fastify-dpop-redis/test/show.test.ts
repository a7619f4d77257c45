import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))

describe('examples/fastify-dpop-redis', () => {
  it('refuses in one process a proof that another one has accepted', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/show.ts'], { cwd: folder })
    const answers = [...stdout.matchAll(/^ {2}(\w+) process +(\d+) (.+)$/gm)].map(([, process, status, body]) => ({
      process,
      status: Number(status),
      body: JSON.parse(body ?? ''),
    }))
    expect(answers).toMatchObject([
      { process: 'first', status: 200, body: { user: 'user|test' } },
      { process: 'second', status: 400, body: { detail: { error: 'invalid_dpop_proof' } } },
      { process: 'second', status: 200, body: { user: 'user|test' } },
    ])
    expect(answers[0]?.body.servedBy).not.toBe(answers[2]?.body.servedBy)
  })
})
