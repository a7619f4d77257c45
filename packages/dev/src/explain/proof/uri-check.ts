import type { Facts } from '../facts.js'
import { type Finding, fails, passes, unknown } from '../finding.js'
import { shown } from '../words.js'
import type { ReadProof } from './read-proof.js'

/** `htu`, without query and fragment. RFC 9449 section 4.3, check 9. */
export function proofUriCheck({ claims: { htu } }: ReadProof, { request: { url } }: Facts): Finding {
  const theirs = normal(htu)
  if (typeof htu !== 'string' || theirs === undefined)
    return fails(
      'proof_uri_mismatch',
      htu === undefined
        ? 'It does not say for which URL it is (no “htu”).'
        : `“htu” is not an http(s) URL: ${shown(htu)}`,
      'Put the URL of the request there, without query and fragment.',
    )
  if (url === undefined) return unknown(`It is for ${shown(htu)}`, 'Say which URL the API sees: --url.')
  const own = normal(url)
  if (own === undefined || theirs.text === own.text) return passes(`For ${own?.text ?? shown(url)}`)
  return fails(
    'proof_uri_mismatch',
    `It is for ${shown(theirs.text)}, and the request goes to ${own.text}`,
    differences.find(([differ]) => differ(theirs, own))?.[1],
  )
}

interface NormalUrl {
  readonly text: string
  readonly scheme: string
  readonly host: string
  readonly path: string
}

const behindProxy =
  'If a proxy stands before the API, tell the API which one to trust: option “trustProxy” or “publicUrl”, docs/behind-a-proxy.md.'

type Difference = readonly [differ: (theirs: NormalUrl, own: NormalUrl) => boolean, advice: string]

/** What mostly is behind it; the first that applies is it. */
const differences: readonly Difference[] = [
  [(theirs, own) => theirs.host !== own.host, `The hosts differ. ${behindProxy}`],
  [(theirs, own) => theirs.scheme !== own.scheme, `Only the scheme differs. ${behindProxy}`],
  [(theirs, own) => withoutSlash(theirs) === withoutSlash(own), 'Only the slash at the end differs: it counts.'],
  [
    (theirs, own) => theirs.path.toLowerCase() === own.path.toLowerCase(),
    'Only capital letters of the path differ: they count.',
  ],
  [
    (theirs, own) => theirs.path.endsWith(own.path) || own.path.endsWith(theirs.path),
    `A part of the path is missing. ${behindProxy}`,
  ],
  [() => true, 'The paths differ: make a proof for each request.'],
]

function withoutSlash({ path }: NormalUrl): string {
  return path.replace(/\/$/, '')
}

function normal(url: unknown): NormalUrl | undefined {
  if (typeof url !== 'string' || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return undefined
  const { protocol, origin, host, pathname } = new URL(url)
  return { text: origin + pathname, scheme: protocol, host, path: pathname }
}
