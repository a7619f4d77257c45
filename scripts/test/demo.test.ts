import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'

describe('npm run demo -- --serve', () => {
  it('keeps its promises, stays up for the lines it prints, and stops on Ctrl-C', async () => {
    const demo = spawn(process.execPath, ['--import', 'tsx', 'scripts/demo/main.ts', '--serve'], { stdio: 'pipe' })
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
    expect(printed.match(/✓/g)).toHaveLength(31)
    const variable = (name: string) => new RegExp(`^${name}=(\\S+)$`, 'm').exec(printed)?.[1] ?? ''
    const token = variable('TOKEN')
    const statuses: number[] = []
    for (const [, method = 'GET', url = '', guarded] of printed.matchAll(/^curl -i (?:-X (\w+) )?(\S+)(.*)$/gm)) {
      if (guarded?.includes('DPoP')) continue
      const headers: Record<string, string> = guarded === '' ? {} : { authorization: `Bearer ${token}` }
      statuses.push((await fetch(url, { method, headers })).status)
    }
    expect(statuses).toEqual([200, 400, 200, 200, 200])

    const dpop = { authorization: `DPoP ${variable('BOUND')}`, dpop: variable('PROOF') }
    const url = /^curl -i (\S+) .*\$PROOF"$/m.exec(printed)?.[1] ?? ''
    const first = await fetch(url, { headers: dpop })
    const again = await fetch(url, { headers: dpop })
    expect([first.status, again.status]).toEqual([200, 400])

    demo.kill('SIGINT')
    expect(await exit).toEqual([0, null])
    expect(printed).toContain('Stopped.')
  }, 30_000)
})
