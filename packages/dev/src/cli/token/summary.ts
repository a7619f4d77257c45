import { shownLine } from '../shown-text.js'
import type { Terminal } from '../terminal.js'
import type { Got } from './get-token.js'
import type { IssuedToken } from './issued-token.js'

/** What is worth knowing of a token, for stderr. */
export function summaryLines({ issued, wanted, notes }: Got, colors: Terminal['talkColors']): readonly string[] {
  const { type, scopes, key } = issued
  return [
    `${colors.green('✓')} A ${type} token of "${wanted.client.id}" for ${wanted.audience}${lifetimeOf(issued)}`,
    `  Scopes: ${scopes.length === 0 ? 'none' : shownLine(scopes.join(' '), 1000)}`,
    ...(key === undefined ? [] : [colors.dim(`  Bound to the key in ${key.file}`)]),
    ...notes.map((note) => `${colors.yellow('!')} ${shownLine(note, 1500)}`),
  ]
}

function lifetimeOf({ lifetimeSeconds, expiresAt }: IssuedToken): string {
  if (lifetimeSeconds === undefined || expiresAt === undefined) return ''
  const time = expiresAt.toISOString().replace(/\.\d+Z$/, 'Z')
  return `, good for ${durationOf(lifetimeSeconds)} (until ${time})`
}

function durationOf(seconds: number): string {
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}
