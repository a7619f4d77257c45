import type { FC, PropsWithChildren } from 'hono/jsx'
import type { Client } from '../model.js'
import { labelOf } from './application-types.js'
import { ConsolePage } from './console-page.js'
import { Badge, Head, Tabs } from './parts.js'
import { paths } from './paths.js'

interface ApplicationFrameProps {
  readonly client: Client
  readonly tab: 'Settings' | 'API access'
  readonly done?: string | undefined
  readonly mistakes?: number
}

/** The heading and the tabs of one application. */
export const ApplicationFrame: FC<PropsWithChildren<ApplicationFrameProps>> = ({
  client,
  tab,
  done,
  mistakes = 0,
  children,
}) => {
  const path = paths.application(client.client_id)
  const tabs = [
    ['Settings', path],
    ['API access', `${path}/access`],
  ] as const
  return (
    <ConsolePage title={`${client.name}: ${tab}`} section="Applications" done={done} mistakes={mistakes}>
      <Head
        title={client.name}
        text={<Badge>{labelOf(client.app_type)}</Badge>}
        up={{ name: 'Applications', path: paths.applications }}
      />
      <Tabs label={client.name} tabs={tabs} current={tab} />
      {children}
    </ConsolePage>
  )
}
