import type { FC, PropsWithChildren } from 'hono/jsx'
import { Document, Foot } from '../pages/layout.js'
import { consoleCss } from './console-styles.js'
import { doneTexts, paths } from './paths.js'
import { script } from './script.js'

const sections = [
  ['Overview', paths.overview],
  ['APIs', paths.apis],
  ['Applications', paths.applications],
  ['Users', paths.users],
  ['Roles', paths.roles],
  ['Log', paths.log],
  ['Token inspector', paths.inspector],
] as const

export type Section = (typeof sections)[number][0]

export interface ConsolePageProps {
  readonly title: string
  readonly section: Section
  /** The word of `?done=`, after a change. */
  readonly done?: string | undefined
  /** How many fields have a mistake. */
  readonly mistakes?: number
}

/** The frame of every page of the console. */
export const ConsolePage: FC<PropsWithChildren<ConsolePageProps>> = ({
  title,
  section,
  done,
  mistakes = 0,
  children,
}) => (
  <Document title={mistakes > 0 ? `Mistake: ${title}` : title} look="console" css={consoleCss}>
    <a class="skip" href="#content">
      Skip to the content
    </a>
    <header class="side">
      <div class="side-inner">
        <a class="brand" href={paths.overview}>
          <span>Sallyport</span> <small>local tenant</small>
        </a>
        <nav aria-label="Console">
          <ul>
            {sections.map(([name, path]) => (
              <li>
                <a href={path} aria-current={name === section ? 'page' : undefined}>
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </header>
    <main id="content" class="stack" tabindex={-1}>
      <Outcome done={done} mistakes={mistakes} />
      {children}
    </main>
    <Foot />
    <p id="said" class="unseen" role="status" />
    <script dangerouslySetInnerHTML={{ __html: script }} />
  </Document>
)

const Outcome: FC<Pick<ConsolePageProps, 'done' | 'mistakes'>> = ({ done = '', mistakes = 0 }) => {
  if (mistakes > 0)
    return (
      <p class="said bad" role="alert">
        {mistakes === 1 ? 'One thing needs a correction.' : `${mistakes} things need a correction.`} Nothing has changed
        yet.
      </p>
    )
  const text = Object.hasOwn(doneTexts, done) ? doneTexts[done] : undefined
  return text === undefined ? null : (
    <p class="said good" role="status">
      {text}
    </p>
  )
}
