import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { replaceFile } from '../project/replace-file.js'

/** A file of the skill, and where it goes. */
export interface SkillFile {
  readonly target: string
  readonly text: string
  readonly state: 'absent' | 'same' | 'different'
}

const source = fileURLToPath(new URL('../../../skills/sallyport', import.meta.url))

/** What copying the skill into a folder would do. */
export async function planCopy(folder: string): Promise<readonly SkillFile[]> {
  const entries = await readdir(source, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  return Promise.all(
    paths.sort().map(async (path) => {
      const target = join(folder, path.slice(source.length))
      const [text, there] = await Promise.all([readFile(path, 'utf8'), readFile(target, 'utf8').catch(absent)])
      return { target, text, state: there === undefined ? 'absent' : there === text ? 'same' : 'different' }
    }),
  )
}

/** @throws {CliFailure} */
export async function writeCopy({ target, text }: SkillFile): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await replaceFile(target, text, 0o644)
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
