import type { DetectedProject } from '../project/detect.js'
import type { Starter } from './starters/starter.js'

export interface Packages {
  readonly production: readonly string[]
  readonly development: readonly string[]
}

/** What the project does not have yet. */
export function missingPackages({ packageJson }: DetectedProject, starter: Starter | undefined): Packages {
  const isMissing = (name: string) => packageJson?.dependencies.has(name) !== true
  return {
    production: ['sallyport', ...(starter?.dependencies ?? [])].filter(isMissing),
    development: ['@sallyport/dev', ...(starter?.devDependencies ?? [])].filter(isMissing),
  }
}

/** The commands that install them, as words. */
export function installCommands(
  { packageManager, isWorkspaceRoot }: DetectedProject,
  { production, development }: Packages,
): readonly (readonly string[])[] {
  const { name, add, addForDevelopment, atRoot } = packageManager
  const options = isWorkspaceRoot ? atRoot : []
  const calls = [
    { call: add, names: production },
    { call: addForDevelopment, names: development },
  ]
  return calls.filter(({ names }) => names.length > 0).map(({ call, names }) => [name, ...call, ...options, ...names])
}
