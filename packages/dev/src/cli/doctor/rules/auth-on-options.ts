import { evidenceOf } from '../evidence.js'
import type { Rule } from '../rule.js'
import { looksLikeGuard } from '../server/guards.js'
import { routesOf } from '../server/routes.js'
import { serverFilesOf } from '../server/server-files.js'

export const authOnOptions: Rule = {
  code: 'auth-on-options',
  severity: 'warning',
  mend: { text: 'Take the guard off OPTIONS, and let the CORS plugin answer preflights.' },
  docs: 'docs/quickstart.md#common-mistakes',
  check: (project) =>
    serverFilesOf(project).flatMap((source) =>
      routesOf(source)
        .filter(
          ({ methods, before }) => methods.includes('options') && before.some((node) => looksLikeGuard(source, node)),
        )
        .map(({ call }) => ({
          place: source.placeOf(call.node),
          evidence: evidenceOf(source, call.node),
          message: 'A guard stands before OPTIONS: preflights have no token, so browsers are kept out.',
        })),
    ),
}
