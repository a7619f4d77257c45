import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lookAtEnvFile, writeEnvFile } from '../../src/cli/project/env-file.js'
import { variableOf, withVariables } from '../../src/cli/project/env-text.js'

describe('the text of an .env file', () => {
  it.each<[what: string, before: string, after: string]>([
    ['an empty one', '', 'A=new\n'],
    ['comments and order', '# top\nB=1\nA=old\n# end\nC=2\n', '# top\nB=1\nA=new\n# end\nC=2\n'],
    ['a comment behind the value', 'A=old # why\n', 'A=new # why\n'],
    ['a comment that has the name', '# A=old\n', '# A=old\nA=new\n'],
    ['an end without a line end', 'B=1', 'B=1\nA=new\n'],
    ['CRLF', 'B=1\r\nA=old\r\n', 'B=1\r\nA=new\r\n'],
    ['CRLF where it is added', 'B=1\r\n', 'B=1\r\nA=new\r\n'],
    ['export', 'export A=old\n', 'export A=new\n'],
    ['spaces around', '  A = old\n', '  A = new\n'],
    ['single quotes', "A='old'\n", "A='new'\n"],
    ['double quotes', 'A="old" # why\n', 'A="new" # why\n'],
    ['backticks', 'A=`old`\n', 'A=`new`\n'],
    ['no value', 'A=\nB=1\n', 'A=new\nB=1\n'],
    ['a multi-line value', 'A="one\ntwo"\nB=1\n', 'A="new"\nB=1\n'],
    ['its name in a multi-line value of another', 'B="\nA=not this\n"\n', 'B="\nA=not this\n"\nA=new\n'],
    ['duplicates', 'A=one\nB=1\nexport A="two"\n', 'A=new\nB=1\nexport A="new"\n'],
    ['a name that begins alike', 'AB=1\nXA=2\n', 'AB=1\nXA=2\nA=new\n'],
    ['a quote that is not closed', "A='old\nB=1\n", 'A=new\nB=1\n'.replace('new', "'new'")],
    ['lines that are none', 'what is this\n=1\nA=old\n', 'what is this\n=1\nA=new\n'],
    ['a byte order mark', '\uFEFF# top\nA=old\n', '\uFEFF# top\nA=new\n'],
    ['a byte order mark right before it, which hides it', '\uFEFFA=old\nB=1\n', '\uFEFFA=new\nB=1\nA=new\n'],
    ['the value that is there, as it is written', 'A="new"  # why\n', 'A="new"  # why\n'],
  ])('keeps %s', (_, before, after) => {
    expect(withVariables(before, { A: 'new' })).toBe(after)
    expect(withVariables(after, { A: 'new' })).toBe(after)
    expect(variableOf(after, 'A')).toBe('new')
  })

  it.each<[string, string]>([
    ['https://api.example.com/', 'https://api.example.com/'],
    ['two words', "'two words'"],
    ['a#b', "'a#b'"],
    ["it's", '"it\'s"'],
    ['$&$1', "'$&$1'"],
    ['a\\nb', "'a\\nb'"],
    ['a&b', "'a&b'"],
    [`'"`, '`\'"`'],
  ])('quotes %j only when it has to', (value, written) => {
    const text = withVariables('', { A: value })
    expect(text).toBe(`A=${written}\n`)
    expect(parseEnv(text)).toEqual({ A: value })
  })

  it.each(['a\nb', 'a\u0000b', `'"\``, `'$"`])('takes no value that readers differ about: %j', (value) => {
    expect(() => withVariables('', { A: value })).toThrow('A has characters that an .env file cannot have')
  })

  it('does not close a quote that somebody else has opened', () => {
    expect(() => withVariables("B='open\n", { A: 'two words' })).toThrow('.env has a quote that is never closed')
    expect(withVariables("B='open\n", { A: 'plain' })).toBe("B='open\nA=plain\n")
  })

  it('changes what it is told to and nothing else, whatever stands there', () => {
    const random = generator(20_261_124)
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
    const names = ['A', 'B', 'C', 'export A', 'export  B', ' A', 'B ', 'AB']
    const values = ['', '1', "'x y'", '"x\ny"', '`z`', '"a" # c', 'x # y', 'x#y', '"\nA=1\n"', '=', 'a=b', '\\', '$x']
    // Not lines without a name or a sign: Node 20 reads what comes after them otherwise than Node 24.
    const others = ['', '# A=1', '#', "# it's"]
    const wanted = ['new', 'two words', "it's", 'a#b', '"', 'https://x.test/?a=1&b=$2']
    for (let round = 0; round < 5000; round += 1) {
      const lines = Array.from({ length: Math.floor(random() * 7) }, () =>
        random() < 0.75 ? `${pick(names)}=${pick(values)}` : pick(others),
      )
      const text = lines.join(pick(['\n', '\r\n'])) + pick(['', '\n'])
      const change = { A: pick(wanted), ...(random() < 0.5 ? { NEW: pick(wanted) } : {}) }
      const after = withVariables(text, change)
      expect({ text, env: read(after) }).toEqual({ text, env: { ...read(text), ...change } })
      expect(withVariables(after, change)).toBe(after)
      const kept = (all: string) => all.split(/\r?\n/).filter((line) => /^\s*#/.test(line))
      expect(kept(after)).toEqual(expect.arrayContaining(kept(text).filter((line) => line !== '# A=1')))
    }
  })
})

describe('the file .env', () => {
  let folder: string
  let file: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-env-'))
    file = join(folder, '.env')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  const modeOf = async (path: string) => (await stat(path)).mode & 0o777

  it('is for its owner alone, whatever it was before, and nothing else is left', async () => {
    await writeEnvFile(folder, { A: '1' })
    expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['A=1\n', 0o600])
    await writeFile(join(folder, 'other'), '', { mode: 0o644 })
    await rm(file)
    await writeFile(file, 'B=1\n', { mode: 0o644 })
    await writeEnvFile(folder, { A: '1' })
    expect([await readFile(file, 'utf8'), await modeOf(file)]).toEqual(['B=1\nA=1\n', 0o600])
    expect(await readdir(folder)).toEqual(['.env', 'other'])
  })

  it('is not written when nothing changes', async () => {
    await writeFile(file, 'A=1\n', { mode: 0o600 })
    await utimes(file, 1000, 1000)
    const { ino } = await stat(file)
    await writeEnvFile(folder, { A: '1' })
    expect([(await stat(file)).mtimeMs, (await stat(file)).ino]).toEqual([1_000_000, ino])
  })

  it('is shut for others, though nothing else changes', async () => {
    await writeFile(file, 'A=1\n', { mode: 0o644 })
    expect((await lookAtEnvFile(folder)).isReadableByOthers).toBe(true)
    await writeEnvFile(folder, { A: '1' })
    expect(await modeOf(file)).toBe(0o600)
  })

  it.each([
    ['a file', 'A=0\n'],
    ['nothing yet', undefined],
  ])('stays a link to %s', async (_, content) => {
    await mkdir(join(folder, 'shared'))
    const target = join(folder, 'shared', 'env')
    if (content !== undefined) await writeFile(target, content)
    await symlink('shared/env', file)
    await writeEnvFile(folder, { A: '1' })
    expect((await lstat(file)).isSymbolicLink()).toBe(true)
    expect([await readFile(target, 'utf8'), await modeOf(target)]).toEqual(['A=1\n', 0o600])
  })

  it('is left alone when it is not a file', async () => {
    await mkdir(file)
    await expect(writeEnvFile(folder, { A: '1' })).rejects.toThrow('.env is not a regular file')
  })
})

/** Node 20 takes some comments for variables: those are left out. */
function read(text: string): object {
  return Object.fromEntries(Object.entries(parseEnv(text)).filter(([name]) => /^\w+$/.test(name)))
}

/** The same numbers in every run. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
