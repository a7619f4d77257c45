import { type Reported, whereOf } from './examine.js'

/** Runs the repairs, one after another. @returns What was done, a line each. */
export async function mendAll(findings: readonly Reported[]): Promise<readonly string[]> {
  const said: string[] = []
  for (const finding of lastFirst(findings)) {
    if (finding.repair === undefined) continue
    const name = finding.place === undefined ? finding.code : `${finding.code} at ${whereOf(finding.place)}`
    try {
      await finding.repair()
      said.unshift(`Mended ${name}.`)
    } catch (error) {
      said.unshift(`Could not mend ${name}: ${error instanceof Error ? error.message : 'it failed'}`)
    }
  }
  return said
}

/** What is further down is mended first, so that the places above it stay where they are. */
function lastFirst(findings: readonly Reported[]): readonly Reported[] {
  const offset = ({ place }: Reported) => (place === undefined ? 0 : place.line * 10_000 + place.column)
  return findings.toSorted((one, other) => offset(other) - offset(one))
}
