import { shown as plain } from '../../../explain/words.js'
import type { SettingName } from '../../project/settings.js'
import type { Project } from '../project.js'
import type { Place } from '../rule.js'

/** A value of a setting, and where it stands. */
export interface PlacedSetting {
  readonly value: string
  /** `undefined`: in the environment of this process. */
  readonly place: Place | undefined
  /** For a message: `AUTH0_DOMAIN in .env`. */
  readonly name: string
}

/** Every value that a setting has: in `.env`, and in the environment where that says something else. */
export function settingsOf(project: Project, name: SettingName): readonly PlacedSetting[] {
  const inFile = (project.envFile?.variables ?? [])
    .filter((variable) => variable.name === name && variable.value !== '')
    .map(({ value, line }) => ({ value, place: envPlace(line), name: `${name} in .env` }))
  const seen = project.environment[name] ?? ''
  const isElsewhere = seen !== '' && inFile.every(({ value }) => value !== seen)
  return isElsewhere ? [...inFile, { value: seen, place: undefined, name: `${name} in the environment` }] : inFile
}

export function envPlace(line: number): Place {
  return { file: '.env', line, column: 1 }
}

/** For a finding: TypeScript takes no `undefined` there. */
export function placed({ place }: { readonly place: Place | undefined }): { readonly place?: Place } {
  return place === undefined ? {} : { place }
}

/** A value that may be shown, safe for a line of a terminal. */
export function shown(value: string): string {
  return `"${plain(value)}"`
}
