import { execFile } from 'node:child_process'

export interface GitAnswer {
  /** `undefined` where there is no git. */
  readonly exitCode: number | undefined
  readonly text: string
}

const limitMilliseconds = 5000

export function git(folder: string, parameters: readonly string[]): Promise<GitAnswer> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: limitMilliseconds, encoding: 'utf8' } as const
    const child = execFile('git', [...parameters], options, (_, text) => {
      resolve({ exitCode: child.exitCode ?? undefined, text: text.trim() })
    })
  })
}

/** Whether the folder is in a work tree of git; where there is no git, it is not. */
export async function isInGit(folder: string): Promise<boolean> {
  const { exitCode, text } = await git(folder, ['rev-parse', '--is-inside-work-tree'])
  return exitCode === 0 && text === 'true'
}
