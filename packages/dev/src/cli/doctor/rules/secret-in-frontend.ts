import type { Project } from '../project.js'
import type { Finding, Rule } from '../rule.js'
import type { SourceFile } from '../source-file.js'
import { memberOf, nameOf } from '../syntax/names.js'

export const secretInFrontend: Rule = {
  code: 'secret-in-frontend',
  severity: 'error',
  mend: {
    text: 'Rotate the secret, take the prefix away, and use it on the server only. A browser needs no secret: PKCE.',
  },
  check: (project) => [...inEnvFile(project), ...project.sources.flatMap(inSource)],
}

const built = /^(?:VITE|NEXT_PUBLIC|NUXT_PUBLIC|REACT_APP|EXPO_PUBLIC|GATSBY|PUBLIC|VUE_APP)_\w*SECRET/

const messageOf = (name: string) => `Bundlers write ${name} into the page: everybody can read it.`

function inEnvFile({ envFile }: Project): readonly Finding[] {
  const variables = envFile?.variables ?? []
  return variables
    .filter(({ name }) => built.test(name))
    .map(({ name, line }) => ({ place: { file: '.env', line, column: 1 }, message: messageOf(name), evidence: name }))
}

function inSource(source: SourceFile): readonly Finding[] {
  const findings: Finding[] = []
  source.visit((node) => {
    const member = memberOf(node)
    if (member === undefined || !built.test(member.name)) return
    if (!/^(?:import\.meta|process)\.env$/.test(nameOf(member.object) ?? '')) return
    findings.push({ place: source.placeOf(node), message: messageOf(member.name), evidence: member.name })
  })
  return findings
}
