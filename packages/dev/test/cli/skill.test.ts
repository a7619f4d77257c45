import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import evals from '../../../../skills/sallyport/evals/evals.json' with { type: 'json' }
import { question } from '../../src/cli/init/question.js'
import { runCli } from '../support/cli.js'
import { skillFolder, skillPage, skillPages } from '../support/skill.js'

describe('the skill', () => {
  const { text } = skillPage('SKILL.md')
  const [, frontmatter = '', body = ''] = text.split(/^---$/m)

  it.each([
    ['name', /^name: sallyport$/m],
    ['description, of at most 1024 characters', /^description: .{100,1024}$/m],
    ['licence', /^license: MIT$/m],
    ['compatibility, of at most 500 characters', /^compatibility: .{1,500}$/m],
    ['author', /^ {2}author: /m],
    ['version', /^ {2}version: "/m],
  ])('has a %s in its head', (_, pattern) => {
    expect(frontmatter).toMatch(pattern)
  })

  it('is short enough to be read whole', () => {
    expect(body.split('\n').length).toBeLessThan(500)
    expect(body.length / 4).toBeLessThan(5000)
  })

  it('asks what init asks, word for word', () => {
    const quoted = text.match(/^> .*|^>$/gm)?.map((line) => line.replace(/^> ?/, '')) ?? []
    expect(quoted.join('\n')).toBe(question)
  })

  it('links to pages that are there', () => {
    const links = skillPages.flatMap(({ text: page }) => [...page.matchAll(/\]\((?!http)([^)#]+)/g)])
    const missing = links.filter(([, link = '']) => !skillPages.some(({ path }) => path === link))
    expect(links.length).toBeGreaterThan(5)
    expect(missing.map(([, link]) => link)).toEqual([])
  })

  it('has evals whose files are there', async () => {
    expect(evals.skill_name).toBe('sallyport')
    expect(new Set(evals.evals.map(({ id }) => id)).size).toBe(evals.evals.length)
    for (const { files } of evals.evals)
      for (const file of files) expect(await readFile(join(skillFolder, 'evals', file), 'utf8')).not.toBe('')
  })
})

describe('sallyport skill install', () => {
  let cwd: string

  beforeEach(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'sallyport-skill-'))
  })
  afterEach(() => rm(cwd, { recursive: true }))

  const install = (...parameters: readonly string[]) => runCli(['skill', 'install', ...parameters], { cwd })
  const read = (path: string) => readFile(join(cwd, path), 'utf8')

  it('copies it to where agents look, and changes nothing the second time', async () => {
    const first = await install()
    expect(first).toMatchObject({ code: 0, stderr: '' })
    for (const { path, text } of skillPages)
      for (const folder of ['.agents', '.claude']) expect(await read(`${folder}/skills/sallyport/${path}`)).toBe(text)
    const second = await install('--json')
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: true, data: { written: [] } })
  })

  it('copies it to a folder that is named', async () => {
    expect(await install('--to', 'tools')).toMatchObject({ code: 0 })
    expect(await read('tools/sallyport/SKILL.md')).toBe(skillPage('SKILL.md').text)
  })

  it('keeps what was changed, unless told otherwise', async () => {
    await install('--to', 'tools')
    await writeFile(join(cwd, 'tools/sallyport/SKILL.md'), 'ours')
    const refused = await install('--to', 'tools')
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('tools/sallyport/SKILL.md')
    expect(await read('tools/sallyport/SKILL.md')).toBe('ours')
    expect(await install('--to', 'tools', '--yes')).toMatchObject({ code: 0 })
    expect(await read('tools/sallyport/SKILL.md')).toBe(skillPage('SKILL.md').text)
  })

  it('L04 writes through no link to a file elsewhere', async () => {
    await writeFile(join(cwd, 'elsewhere'), 'theirs')
    await mkdir(join(cwd, 'tools/sallyport'), { recursive: true })
    await symlink(join(cwd, 'elsewhere'), join(cwd, 'tools/sallyport/SKILL.md'))
    expect(await install('--to', 'tools')).toMatchObject({ code: 4 })
    expect(await read('elsewhere')).toBe('theirs')
  })

  it.each([
    [['skill'], /skill install/],
    [['skill', 'remove'], /skill install/],
    [['skill', 'install', '--tp', 'x'], /Did you mean "--to"/],
  ])('refuses %j', async (parameters, message) => {
    const { code, stderr } = await runCli(parameters, { cwd })
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
