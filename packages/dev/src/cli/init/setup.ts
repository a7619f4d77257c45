import type { DetectedProject } from '../project/detect.js'
import type { Settings } from '../project/settings.js'
import type { Terminal } from '../terminal.js'
import type { InitOptions } from './init-options.js'
import type { Step } from './step.js'

/** What the modes work with. */
export interface Setup {
  readonly folder: string
  readonly options: InitOptions
  readonly terminal: Terminal
  readonly project: DetectedProject
  /** What the environment and `.env` say already. */
  readonly settings: Settings
}

/** Where the API is described, and what there is to do about it. */
export interface ApiSource {
  readonly domain: string
  readonly audience: string
  /** What a person should know, though nothing is wrong. */
  readonly notes: readonly string[]
  /** Steps at the tenant, and the variables that come out of them. @param wanted Scopes that the routes will ask for. */
  plan?(wanted: readonly string[]): Promise<TenantPlan>
}

export interface TenantPlan {
  readonly steps: readonly Step[]
  readonly variables: Readonly<Record<string, Variable>>
}

/** A value of `.env`; one that is known only when the steps are done is asked for then, and never shown. */
export type Variable = string | (() => Promise<string>)
