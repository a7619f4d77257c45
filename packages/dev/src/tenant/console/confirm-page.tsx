import type { Child, FC } from 'hono/jsx'
import { ConsolePage, type Section } from './console-page.js'
import { Head, Said } from './parts.js'

interface ConfirmPageProps {
  readonly section: Section
  readonly title: string
  /** What goes with it. */
  readonly text: Child
  readonly action: string
  readonly button: string
  readonly back: { readonly name: string; readonly path: string }
  readonly hidden?: Readonly<Record<string, string>>
}

/** Asks before something is gone. */
export const ConfirmPage: FC<ConfirmPageProps> = ({ section, title, text, action, button, back, hidden = {} }) => (
  <ConsolePage title={title} section={section}>
    <Head title={title} up={back} />
    <div class="card">
      <p>{text}</p>
      <Said tone="note">
        <p>This cannot be undone.</p>
      </Said>
      <form method="post" action={action}>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="actions">
          <button class="danger" type="submit">
            {button}
          </button>
          <a class="button quiet" href={back.path}>
            Keep it
          </a>
        </div>
      </form>
    </div>
  </ConsolePage>
)
