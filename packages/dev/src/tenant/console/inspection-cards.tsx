import type { FC } from 'hono/jsx'
import { meaningOf } from '../../explain/claim-meanings.js'
import type { Explanation } from '../../explain/explain-token.js'
import type { Check } from '../../explain/finding.js'
import type { JsonObject } from '../../explain/json-part.js'
import type { ResourceServer } from '../model.js'
import type { TenantContext } from '../tenant-context.js'
import { knownOf } from './inspect-token.js'
import { Badge, Card, Said, type Tone } from './parts.js'
import { Table } from './table.js'

interface InspectionCardsProps {
  readonly api: ResourceServer
  readonly inspection: Explanation
  readonly context: TenantContext
}

/** The verdict, every check, and every claim. */
export const InspectionCards: FC<InspectionCardsProps> = ({ api, inspection: { checks, header, claims }, context }) => (
  <>
    <Headline api={api} checks={checks} />
    <Card id="checks" title="Every check, in order">
      <ol class="checks">
        {checks.map((check) => (
          <CheckLine check={check} />
        ))}
      </ol>
    </Card>
    {claims === undefined ? null : <Claims title="Claims" claims={claims} context={context} />}
    {header === undefined ? null : <Claims title="Header" claims={header} context={context} />}
  </>
)

const Headline: FC<{ readonly api: ResourceServer; readonly checks: readonly Check[] }> = ({ api, checks }) => {
  const failing = checks.find((check) => check.verdict === 'fails')
  if (failing === undefined)
    return (
      <Said tone="good" isAlert>
        <p>{api.name} takes this token.</p>
        <p>Whether a route lets it in depends on the permissions that the route asks for.</p>
      </Said>
    )
  return (
    <Said tone="bad" isAlert>
      <p>
        {api.name} refuses this token. {failing.name}: {failing.text}
      </p>
      {failing.advice === undefined ? null : <p>{failing.advice}</p>}
      <p>
        Sallyport’s code for it: <code>{failing.code}</code>. docs/errors.md has it.
      </p>
    </Said>
  )
}

const tones: Readonly<Record<Check['verdict'], readonly [tone: Tone, word: string]>> = {
  passes: ['good', 'OK'],
  fails: ['bad', 'Refused'],
  note: ['note', 'Note'],
  unknown: ['plain', 'Unknown'],
  open: ['plain', 'Skipped'],
}

const CheckLine: FC<{ readonly check: Check }> = ({ check: { name, verdict, text, advice } }) => {
  const [tone, word] = tones[verdict]
  return (
    <li>
      <Badge tone={tone}>{word}</Badge>
      <div class="tight">
        <h3>{name}</h3>
        <p>{text}</p>
        {advice === undefined ? null : <p class="hint">{advice}</p>}
      </div>
    </li>
  )
}

interface ClaimsProps {
  readonly title: string
  readonly claims: JsonObject
  readonly context: TenantContext
}

const Claims: FC<ClaimsProps> = ({ title, claims, context }) => {
  const surroundings = { nowSeconds: context.clock.nowSeconds(), known: knownOf(context) }
  return (
    <div class="stack">
      <h2>{title}</h2>
      <Table
        label={title}
        rows={Object.entries(claims)}
        columns={[
          { title: 'Name', cell: ([name]) => <code>{name}</code> },
          { title: 'Value', cell: ([, value]) => <code>{shown(value)}</code> },
          { title: 'Meaning', cell: ([name, value]) => meaningOf(name, value, surroundings) },
        ]}
      />
    </div>
  )
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 400 ? `${text.slice(0, 400)}…` : text
}
