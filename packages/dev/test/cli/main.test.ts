import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { environment, openScreen, runCli } from '../support/cli.js'

const program = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const cwd = await mkdtemp(join(tmpdir(), 'sallyport-main-'))
afterAll(() => rm(cwd, { recursive: true }))

interface Piped {
  readonly code: number
  readonly stderr: string
}

/** In a shell, where the one who reads ends first; the exit code is that of the CLI. */
function piped(command: string): Promise<Piped> {
  const script = `set -o pipefail; '${process.execPath}' '${program}' ${command}`
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd, env: environment() }, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stderr }),
    )
  })
}

describe('sallyport', () => {
  it.each(['--help | true', 'doctor --offline | head -c 0', 'init --json --mode local --dry-run | true'])(
    'ends quietly where nobody reads on: %s',
    async (command) => {
      // On a slow machine it says what takes so long.
      expect((await piped(command)).stderr).not.toMatch(/EPIPE|Error|node:/)
    },
  )

  it('tells its version, and what it runs on', async () => {
    const { code, stdout } = await runCli(['--version'], { cwd })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^@sallyport\/dev \d+\.\d+\.\d+ on Node \d+\.\d+\.\d+, \w+ \w+\n$/)
  })

  it('fits its help on a screen', async () => {
    const { code, stdout, stderr } = await runCli(['--help'], { cwd })
    const lines = stdout.trimEnd().split('\n')
    expect([code, stderr]).toEqual([0, ''])
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(100)
  })

  it('names what was meant', async () => {
    const { code, stdout, stderr } = await runCli(['docter'], { cwd })
    expect([code, stdout, stderr]).toEqual([
      2,
      '',
      'There is no command "docter". Did you mean "doctor"?\n  sallyport --help\n',
    ])
  })

  const escapeSequence = '\u001b['
  it.each<[what: string, env: Record<string, string>, isColored: boolean]>([
    ['colours on a terminal', {}, true],
    ['none with NO_COLOR', { NO_COLOR: '1' }, false],
    ['none on a terminal that has none', { TERM: 'dumb' }, false],
  ])('shows %s', async (_, env, isColored) => {
    const screen = openScreen(['explain', '--code', 'token_expired'], { cwd, env })
    expect(await screen.ended()).toBe(0)
    expect(screen.shown().includes(escapeSequence)).toBe(isColored)
  })

  it('shows no colours where it is no terminal', async () => {
    const { stdout } = await runCli(['explain', '--code', 'token_expired'], { cwd })
    expect(stdout).not.toContain(escapeSequence)
  })
})
