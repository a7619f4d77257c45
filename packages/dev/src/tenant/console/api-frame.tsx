import type { FC, PropsWithChildren } from 'hono/jsx'
import type { ResourceServer } from '../model.js'
import { ConsolePage } from './console-page.js'
import { Copyable, Head, Tabs } from './parts.js'
import { paths } from './paths.js'

interface ApiFrameProps {
  readonly api: ResourceServer
  readonly tab: 'Permissions' | 'Settings' | 'Test'
  readonly done?: string | undefined
  readonly mistakes?: number
}

/** The heading and the tabs of one API. */
export const ApiFrame: FC<PropsWithChildren<ApiFrameProps>> = ({ api, tab, done, mistakes = 0, children }) => {
  const path = paths.api(api.id)
  const tabs = [
    ['Permissions', path],
    ['Settings', `${path}/settings`],
    ['Test', `${path}/test`],
  ] as const
  return (
    <ConsolePage title={`${api.name}: ${tab}`} section="APIs" done={done} mistakes={mistakes}>
      <Head
        title={api.name}
        text={<Copyable id="identifier-shown" value={api.identifier} what="identifier" />}
        up={{ name: 'APIs', path: paths.apis }}
      />
      <Tabs label={api.name} tabs={tabs} current={tab} />
      {children}
    </ConsolePage>
  )
}
