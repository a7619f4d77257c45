import { findNodeAtLocation, parseTree } from 'jsonc-parser'
import type { PackageJson, Project } from '../project.js'
import type { Finding, Place, Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { importsOf } from '../syntax/imports.js'

interface Sdk {
  /** Completes the sentence "express-openid-connect …". */
  readonly what: string
  /** Runs in a browser: it is wrong only where it runs in the API's process. */
  readonly inBrowser?: true
}

const session: Sdk = { what: 'logs people in to a web app and keeps them in a cookie' }
const browser: Sdk = { what: 'logs people in from a browser', inBrowser: true }

/** Packages that get tokens, and check none. */
const sdks: Readonly<Record<string, Sdk>> = {
  'express-openid-connect': session,
  '@auth0/nextjs-auth0': session,
  '@auth0/auth0-fastify': session,
  '@auth0/auth0-hono': session,
  'passport-auth0': session,
  'passport-openidconnect': session,
  'auth0-js': browser,
  'auth0-lock': browser,
  '@auth0/auth0-spa-js': browser,
  '@auth0/auth0-react': browser,
  '@auth0/auth0-vue': browser,
  '@auth0/auth0-angular': browser,
}

const servers = ['fastify', 'express', 'hono', '@nestjs/core', 'koa', '@hapi/hapi', 'sallyport']
const frontEnds = ['react', 'vue', 'svelte', '@angular/core', 'solid-js', 'preact', 'next', 'nuxt', 'vite', 'electron']
/** What checks access tokens: beside it a web app may well log in by another package. */
const checkers = ['sallyport', 'express-oauth2-jwt-bearer', '@auth0/auth0-fastify-api']

export const wrongSdk: Rule = {
  code: 'wrong-sdk',
  severity: 'warning',
  mend: {
    text: 'An API takes access tokens and sets no cookies: protect its routes with requireAuth() of sallyport.',
    command: 'npm install sallyport',
  },
  docs: 'docs/frameworks.md',
  check: (project) => {
    const { packageJson } = project
    if (packageJson === undefined || !servers.some((name) => has(packageJson, name))) return []
    return Object.entries(sdks).flatMap(([name, sdk]) =>
      has(packageJson, name) && (sdk.inBrowser === undefined || isInTheApi(project, name))
        ? [findingOf(packageJson, name, sdk)]
        : [],
    )
  },
}

function findingOf(packageJson: PackageJson, name: string, { what }: Sdk): Finding {
  const checksTokens = checkers.some((checker) => has(packageJson, checker))
  return {
    ...placeOf(packageJson.text, name),
    message: `${name} ${what}; it does not check the access tokens that an API receives.`,
    ...(checksTokens
      ? { severity: 'info', mend: { text: 'Fine for the pages of a web app. Routes of an API take sallyport.' } }
      : {}),
  }
}

/** Imported beside a server; or by nobody, and there is no front end that it could be for. */
function isInTheApi({ sources, packageJson }: Project, name: string): boolean {
  const importing = sources.map(modulesOf).filter((modules) => modules.some((module) => isOf(module, name)))
  if (importing.length > 0) return importing.flat().some((module) => servers.some((server) => isOf(module, server)))
  return packageJson !== undefined && !frontEnds.some((frontEnd) => has(packageJson, frontEnd))
}

function modulesOf(source: SourceFile): readonly string[] {
  return importsOf(source)
    .filter(({ isTypeOnly }) => !isTypeOnly)
    .map(({ module }) => module)
}

function isOf(module: string, name: string): boolean {
  return module === name || module.startsWith(`${name}/`)
}

function has({ dependencies }: PackageJson, name: string): boolean {
  return Object.hasOwn(dependencies, name)
}

const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']

function placeOf(text: string, name: string): { readonly place?: Place } {
  const tree = parseTree(text)
  const value = tree && sections.map((section) => findNodeAtLocation(tree, [section, name])).find(Boolean)
  if (value?.parent === undefined) return {}
  const before = text.slice(0, value.parent.offset).split('\n')
  return { place: { file: 'package.json', line: before.length, column: (before.at(-1)?.length ?? 0) + 1 } }
}
