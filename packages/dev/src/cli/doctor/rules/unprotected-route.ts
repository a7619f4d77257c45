import { evidenceOf } from '../evidence.js'
import { openExportsIn } from '../open/open-exports.js'
import { guardsAllMethods, openMethodsIn } from '../open/open-methods.js'
import type { OpenRoute } from '../open/open-route.js'
import { openRoutesIn } from '../open/open-routes.js'
import type { Finding, Rule } from '../rule.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'

export const unprotectedRoute: Rule = {
  code: 'unprotected-route',
  severity: 'warning',
  mend: { text: 'Put requireAuth() in front of it, or say above it that it is public on purpose.' },
  docs: 'docs/frameworks.md',
  check: (project) => {
    const finders = [openRoutesIn, openExportsIn, ...(guardsAllMethods(project) ? [] : [openMethodsIn])]
    return serverFilesOf(project).flatMap((source) =>
      finders.flatMap((find) => find(source)).map((open) => findingOf(source, open)),
    )
  },
}

function findingOf(source: SourceFile, { node, among }: OpenRoute): Finding {
  const finding = { place: source.placeOf(node), evidence: evidenceOf(source, node) }
  return among === 'siblings'
    ? { ...finding, message: 'Its siblings want a token, and this route lets everybody in.' }
    : { ...finding, severity: 'info', message: 'Other routes here want a token, and this one lets everybody write.' }
}
