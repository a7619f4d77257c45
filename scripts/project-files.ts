// Prevents checks from reading what is not the project's: the files git tracks or would track, and nothing else.
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

export function projectFiles(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  return listed.split('\n').filter((path) => path !== '' && existsSync(path))
}
