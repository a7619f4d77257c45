import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

describe('npm run demo -- --serve', () => {
  it('keeps its promises, stays up for the lines it prints, and stops on Ctrl-C', async () => {
    const demo = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo.ts', '--serve'], { stdio: 'pipe' })
    let printed = ''
    demo.stdout.on('data', (chunk) => {
      printed += chunk
    })
    demo.stderr.on('data', (chunk) => {
      printed += chunk
    })
    const exit = once(demo, 'exit')
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('Ctrl-C stops the demo.')

    expect(printed).toContain('Every answer is as promised.')
    expect(printed.match(/✓/g)).toHaveLength(12)
    const token = /^TOKEN=(\S+)$/m.exec(printed)?.[1]
    const statuses: number[] = []
    for (const [, method = 'GET', url = '', guarded] of printed.matchAll(/^curl -i (?:-X (\w+) )?(\S+)(.*)$/gm)) {
      const headers: Record<string, string> = guarded === '' ? {} : { authorization: `Bearer ${token}` }
      statuses.push((await fetch(url, { method, headers })).status)
    }
    expect(statuses).toEqual([200, 400, 200, 200, 200])

    demo.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    expect(printed).toContain('Stopped.')
  }, 30_000)
})
