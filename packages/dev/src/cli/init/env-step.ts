import { CliFailure } from '../failure.js'
import { lookAtEnvFile, writeEnvFile } from '../project/env-file.js'
import type { Setup, Variable } from './setup.js'
import type { Step } from './step.js'

/** Their values may be seen by everybody. */
const publicNames = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE']

/** The variables in `.env`; asks before it replaces one. @throws {CliFailure} */
export async function envStep(
  { folder }: Pick<Setup, 'folder'>,
  variables: Readonly<Record<string, Variable>>,
): Promise<Step> {
  const file = await lookAtEnvFile(folder)
  const known = Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
  const isUnchanged = Object.keys(known).length === Object.keys(variables).length && !file.lacks(known)
  const shown = Object.entries(variables).map(([name, value]) => describe(name, value))
  if (isUnchanged && !file.isReadableByOthers) return { action: 'unchanged', subject: '.env', detail: shown.join(', ') }
  const replaced = Object.entries(variables).filter(([name, value]) => {
    const before = file.valueOf(name)
    return before !== undefined && before !== '' && before !== value
  })
  const mode = file.isReadableByOthers ? ['readable by you alone'] : []
  return {
    action: file.exists ? 'change' : 'create',
    subject: '.env',
    detail: [...shown, ...mode].join(', '),
    ...(replaced.length === 0 ? {} : { question: replacement(replaced) }),
    run: async () => {
      const values = await Promise.all(
        Object.entries(variables).map(async ([name, value]) => [
          name,
          typeof value === 'string' ? value : await value(),
        ]),
      )
      await writeEnvFile(folder, Object.fromEntries(values))
      return []
    },
  }
}

function describe(name: string, value: Variable): string {
  return publicNames.includes(name) && typeof value === 'string' ? `${name}=${value}` : name
}

function replacement(replaced: readonly (readonly [string, Variable])[]): NonNullable<Step['question']> {
  const names = replaced.map(([name]) => name).join(' and ')
  const [it, has] = replaced.length > 1 ? ['them', 'have other values'] : ['it', 'has another value']
  const message = `${names} in .env ${has}. Nothing was changed.`
  const conflict = new CliFailure('env_conflict', message, {
    exit: 'conflict',
    fix: `Replace ${it} by --yes, or take ${it} out of .env first.`,
    more: { names: replaced.map(([name]) => name) },
  })
  const wanted = replaced.map(([name, value]) => describe(name, value)).join(', ')
  return { text: `${names} in .env ${has}. Replace ${it}: ${wanted}?`, unanswered: conflict, refused: conflict }
}
