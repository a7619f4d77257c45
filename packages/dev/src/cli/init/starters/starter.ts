import type { FrameworkName } from '../../project/frameworks.js'
import { express } from './express.js'
import { fastify } from './fastify.js'
import { fetch } from './fetch.js'
import { hono } from './hono.js'
import { nestjs } from './nestjs.js'

/** A small API to begin with: a public route, a private one, and two that want a scope. */
export interface Starter {
  readonly file: string
  readonly text: string
  /** The `tsconfig.json` that it cannot do without, where the project has none. */
  readonly tsconfig?: string
  /** What it imports, besides `sallyport`. */
  readonly dependencies: readonly string[]
  /** What runs it and checks its types. */
  readonly devDependencies: readonly string[]
}

/** What its routes ask for. */
export const starterScopes: readonly string[] = ['read:messages', 'write:messages']

export const starters: Readonly<Record<FrameworkName, Starter>> = { express, fastify, fetch, hono, nestjs }
