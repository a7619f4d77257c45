import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { CliFailure } from '../failure.js'

/** The variables that Sallyport and its CLI read. */
const settingNames = ['AUTH0_DOMAIN', 'AUTH0_AUDIENCE', 'AUTH0_CLIENT_ID', 'AUTH0_CLIENT_SECRET'] as const
export type SettingName = (typeof settingNames)[number]

export type Settings = Readonly<Partial<Record<SettingName, string>>>

/** What the environment says, else the `.env` file of the folder. An empty value counts as none. */
export async function readSettings(folder: string): Promise<Settings> {
  const file = await readEnvFile(folder)
  const values = settingNames.map((name) => [name, process.env[name] || file[name]] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== ''))
}

/** The variables of the folder's `.env`; none where there is no such file. @throws {CliFailure} It cannot be read. */
export async function readEnvFile(folder: string): Promise<Readonly<Record<string, string | undefined>>> {
  const path = join(folder, '.env')
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw envUnreadable(error)
  })
  return parseEnv(text.replace(/^\uFEFF/, ''))
}

export function envUnreadable({ code }: NodeJS.ErrnoException): CliFailure {
  return new CliFailure('env_unreadable', `.env cannot be read (${code}).`)
}
