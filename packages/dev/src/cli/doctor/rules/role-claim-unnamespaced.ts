import type { Node } from '@babel/types'
import { evidenceOf } from '../evidence.js'
import type { Project } from '../project.js'
import type { Rule } from '../rule.js'
import { factoriesIn } from '../server/factories.js'
import { serverFilesOf } from '../server/server-files.js'
import type { SourceFile } from '../source-file.js'
import { memberOf, nameOf } from '../syntax/names.js'
import { entryOf } from '../syntax/objects.js'

export const roleClaimUnnamespaced: Rule = {
  code: 'role-claim-unnamespaced',
  severity: 'info',
  mend: {
    text: "Demand permissions, requireAuth({ permissions: … }), or let an Action add 'https://your.name/roles'.",
  },
  check: (project) => {
    if (hasAnotherIssuer(project) || addsClaim(project)) return []
    return serverFilesOf(project).flatMap((source) =>
      roleReadsIn(source).map((node) => ({
        place: source.placeOf(node),
        evidence: evidenceOf(source, node),
        message: 'Access tokens of Auth0 have no such claim by themselves: this is undefined for everybody.',
      })),
    )
  },
}

function roleReadsIn(source: SourceFile): readonly Node[] {
  const reads: Node[] = []
  source.visit((node) => {
    const member = memberOf(node)
    if (member && /^roles?$/.test(member.name) && isClaims(nameOf(member.object))) reads.push(node)
  })
  return reads
}

/** The claims of a verified access token, with Sallyport and elsewhere. */
function isClaims(path: string | undefined): boolean {
  return path !== undefined && /(?:^|\.)auth\.(?:claims|payload)$/.test(path)
}

function hasAnotherIssuer({ sources }: Project): boolean {
  return sources.some((source) =>
    factoriesIn(source).some(({ options }) => typeof options === 'object' && entryOf(options, 'issuer') !== undefined),
  )
}

function addsClaim({ sources }: Project): boolean {
  return sources.some(({ text }) => /setCustomClaim\(\s*['"`]roles?['"`]/.test(text))
}
