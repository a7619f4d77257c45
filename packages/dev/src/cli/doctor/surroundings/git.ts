import { execFile } from 'node:child_process'

const limitMilliseconds = 5000

/** Whether the folder is in a work tree of git; where there is no git, it is not. */
export function isInGit(folder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const options = { cwd: folder, timeout: limitMilliseconds, encoding: 'utf8' } as const
    execFile('git', ['rev-parse', '--is-inside-work-tree'], options, (error, text) => {
      resolve(error === null && text.trim() === 'true')
    })
  })
}
