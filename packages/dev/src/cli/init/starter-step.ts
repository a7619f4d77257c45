import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CliFailure } from '../failure.js'
import { replaceFile } from '../project/replace-file.js'
import type { Starter } from './starters/starter.js'
import type { Step } from './step.js'

/** A starter that is there, or another file of its name, is never overwritten. @throws {CliFailure} */
export async function starterSteps(folder: string, { file, text, tsconfig }: Starter): Promise<readonly Step[]> {
  const there = await fileIn(folder, file)
  if (there !== undefined && there !== text)
    throw new CliFailure('starter_exists', `${file} is there already, and is never overwritten. Nothing was changed.`, {
      exit: 'conflict',
      fix: `Leave out --starter, or give ${file} another name first.`,
    })
  const detail = 'a starter: a public route, a private one, two that want a scope'
  const starter: Step =
    there === text ? { action: 'unchanged', subject: file, detail } : newFile(folder, { file, text, detail })
  if (tsconfig === undefined || (await fileIn(folder, 'tsconfig.json')) !== undefined) return [starter]
  return [starter, newFile(folder, { file: 'tsconfig.json', text: tsconfig, detail: 'for the decorators' })]
}

/** A file that others may read. */
export function newFile(
  folder: string,
  { file, text, detail }: { readonly file: string; readonly text: string; readonly detail: string },
): Step {
  return {
    action: 'create',
    subject: file,
    detail,
    run: async () => {
      if ((await fileIn(folder, file)) === undefined) await replaceFile(join(folder, file), text, 0o644)
      return []
    },
  }
}

/** Whatever is there has a content, if only an unreadable one. */
export function fileIn(folder: string, name: string): Promise<string | undefined> {
  return readFile(join(folder, name), 'utf8').catch(({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT' ? undefined : '',
  )
}
