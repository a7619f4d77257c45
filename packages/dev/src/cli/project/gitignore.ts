import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from './git.js'
import { replaceFile } from './replace-file.js'

/** Whether git leaves `.env` out: git is asked, else the lines of the folder's own `.gitignore`. */
export async function isEnvIgnored(folder: string): Promise<boolean> {
  // The index is left out: a file that is tracked would never count as ignored.
  const { exitCode } = await git(folder, ['check-ignore', '--quiet', '--no-index', '.env'])
  return exitCode === 0 || (exitCode !== 1 && ignoresEnv(await readText(folder)))
}

/** Whether `.env` is in the repository, where ignoring it does not help. */
export async function isEnvTracked(folder: string): Promise<boolean> {
  return (await git(folder, ['ls-files', '--error-unmatch', '.env'])).exitCode === 0
}

/** Adds `.env` to the folder's `.gitignore`. @throws {CliFailure} */
export async function ignoreEnv(folder: string): Promise<void> {
  const path = join(folder, '.gitignore')
  const text = await readText(folder)
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n'
  const isOpen = text !== '' && !text.endsWith('\n')
  const { mode } = await stat(path).catch(() => ({ mode: 0o644 }))
  await replaceFile(path, `${text}${isOpen ? lineEnd : ''}.env${lineEnd}`, mode & 0o777)
}

function readText(folder: string): Promise<string> {
  return readFile(join(folder, '.gitignore'), 'utf8').catch(() => '')
}

/** The last line about it decides. */
function ignoresEnv(text: string): boolean {
  const about = text.split(/\r?\n/).filter((line) => /^!?\/?(?:\*\*\/)?(?:\.env|\.env\*|\*\.env|\.\*)\s*$/.test(line))
  return about.length > 0 && about.at(-1)?.startsWith('!') === false
}
