import type { Child, FC, PropsWithChildren } from 'hono/jsx'
import { paths } from './paths.js'

export const Card: FC<PropsWithChildren<{ readonly id: string; readonly title: string }>> = ({
  id,
  title,
  children,
}) => (
  <section class="card" aria-labelledby={`${id}-title`}>
    <h2 id={`${id}-title`}>{title}</h2>
    {children}
  </section>
)

interface HeadProps {
  readonly title: string
  readonly text?: Child
  /** The page above this one. */
  readonly up?: { readonly name: string; readonly path: string }
}

/** The heading of a page, and the one thing that people come for. */
export const Head: FC<PropsWithChildren<HeadProps>> = ({ title, text, up, children }) => (
  <div class="head">
    <div class="tight">
      {up === undefined ? null : (
        <p class="crumb">
          <a href={up.path}>{up.name}</a>
        </p>
      )}
      <h1>{title}</h1>
      {text === undefined ? null : <p class="soft">{text}</p>}
    </div>
    {children}
  </div>
)

/** Where there is nothing yet: what it would be, and the next step. */
export const Empty: FC<PropsWithChildren<{ readonly title: string; readonly text: Child }>> = ({
  title,
  text,
  children,
}) => (
  <div class="card empty">
    <h2>{title}</h2>
    <p>{text}</p>
    {children}
  </div>
)

export type Tone = 'good' | 'bad' | 'note' | 'plain'

export const Badge: FC<PropsWithChildren<{ readonly tone?: Tone }>> = ({ tone = 'plain', children }) => (
  <span class={`badge ${tone}`}>{children}</span>
)

export const Badges: FC<{ readonly texts: readonly string[] }> = ({ texts }) => (
  <ul class="badges">
    {texts.map((text) => (
      <li class="badge">{text}</li>
    ))}
  </ul>
)

/** Copies what an element has; without script it stays away. */
export const CopyButton: FC<{ readonly of: string; readonly label: string; readonly isLoud?: boolean }> = ({
  of,
  label,
  isLoud = false,
}) => (
  <button type="button" class={isLoud ? undefined : 'quiet small'} data-copy={of} hidden>
    {label}
  </button>
)

/** A value that people take elsewhere. */
export const Copyable: FC<{ readonly id: string; readonly value: string; readonly what: string }> = ({
  id,
  value,
  what,
}) => (
  <span class="with-copy">
    <code id={id}>{value}</code>
    <CopyButton of={id} label={`Copy ${what}`} />
  </span>
)

/** Text that people copy whole; it scrolls where it is long. */
export const Block: FC<{
  readonly id: string
  readonly label: string
  readonly text: string
  readonly isShort?: boolean
}> = ({ id, label, text, isShort = false }) => (
  <section class={isShort ? 'block short' : 'block'} aria-label={label} tabindex={0}>
    <pre id={id}>{text}</pre>
  </section>
)

export const Facts: FC<{ readonly facts: readonly (readonly [name: string, value: Child])[] }> = ({ facts }) => (
  <dl class="facts">
    {facts.map(([name, value]) => (
      <>
        <dt>{name}</dt>
        <dd>{value}</dd>
      </>
    ))}
  </dl>
)

interface TabsProps {
  readonly label: string
  readonly tabs: readonly (readonly [name: string, path: string])[]
  readonly current: string
}

export const Tabs: FC<TabsProps> = ({ label, tabs, current }) => (
  <nav aria-label={label}>
    <ul class="tabs">
      {tabs.map(([name, path]) => (
        <li>
          <a href={path} aria-current={name === current ? 'page' : undefined}>
            {name}
          </a>
        </li>
      ))}
    </ul>
  </nav>
)

export const Said: FC<PropsWithChildren<{ readonly tone: Tone; readonly isAlert?: boolean }>> = ({
  tone,
  isAlert = false,
  children,
}) => (
  <div class={`said ${tone}`} role={isAlert ? 'alert' : undefined}>
    {children}
  </div>
)

export const InspectForm: FC<{ readonly token: string; readonly apiId: string }> = ({ token, apiId }) => (
  <form class="inline" method="post" action={paths.inspector}>
    <input type="hidden" name="token" value={token} />
    <input type="hidden" name="api" value={apiId} />
    <button class="quiet" type="submit">
      Inspect
    </button>
  </form>
)
