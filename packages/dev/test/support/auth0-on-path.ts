import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const standIn = fileURLToPath(new URL('auth0-stand-in.mjs', import.meta.url))

/** What the stand-in answers to commands that begin so. */
export interface Answer {
  readonly args: string
  readonly stdout?: unknown
  readonly stderr?: string
  readonly code?: number
  readonly lastsMilliseconds?: number
}

interface Call {
  readonly argv: readonly string[]
  readonly isPipe: boolean
  readonly stdin: string
  readonly agentMode: string
}

export interface Auth0OnPath {
  readonly env: Readonly<Record<string, string>>
  answer(...answers: readonly Answer[]): Promise<void>
  calls(): Promise<readonly Call[]>
}

/** Puts the stand-in for the Auth0 CLI on a PATH. @param live A local tenant that answers instead of what is told. */
export async function auth0OnPath(
  folder: string,
  live?: { readonly issuer: string; readonly token: string },
): Promise<Auth0OnPath> {
  await installProgram(folder, 'auth0', `exec '${process.execPath}' '${standIn}' "$@"`)
  return {
    env: {
      PATH: `${folder}${delimiter}${process.env['PATH']}`,
      STAND_IN_FOLDER: folder,
      ...(live === undefined ? {} : { STAND_IN_ISSUER: live.issuer, STAND_IN_TOKEN: live.token }),
    },
    answer: (...answers) => writeFile(join(folder, 'answers.json'), JSON.stringify(answers)),
    calls: async () => {
      const text = await readFile(join(folder, 'calls.jsonl'), 'utf8').catch(() => '')
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Call)
    },
  }
}

/** A program of the tests' own. @param script For the shell. */
export async function installProgram(folder: string, name: string, script: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, name)
  await writeFile(file, `#!/bin/sh\n${script}\n`)
  await chmod(file, 0o755)
}
