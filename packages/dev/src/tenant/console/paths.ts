const root = '/console'
const part = encodeURIComponent

/** Where every page of the console is. */
export const paths = {
  overview: '/',
  root,
  apis: `${root}/apis`,
  newApi: `${root}/new-api`,
  api: (id: string): string => `${root}/apis/${part(id)}`,
  applications: `${root}/applications`,
  newApplication: `${root}/new-application`,
  application: (id: string): string => `${root}/applications/${part(id)}`,
  users: `${root}/users`,
  newUser: `${root}/new-user`,
  user: (id: string): string => `${root}/users/${part(id)}`,
  roles: `${root}/roles`,
  newRole: `${root}/new-role`,
  role: (id: string): string => `${root}/roles/${part(id)}`,
  log: `${root}/log`,
  logStream: `${root}/log/stream`,
  inspector: `${root}/inspector`,
} as const

export function isConsolePath(path: string): boolean {
  return path === paths.overview || path === root || path.startsWith(`${root}/`)
}

/** What a page says after a change, by a word in its address: a text of a stranger never gets there. */
export const doneTexts: Readonly<Record<string, string>> = {
  created: 'Created.',
  saved: 'Saved.',
  added: 'Added.',
  removed: 'Removed.',
  deleted: 'Deleted.',
  rotated: 'The secret is a new one. The old one does not work any more.',
  blocked: 'Blocked: this user cannot log in.',
  unblocked: 'Unblocked: this user can log in again.',
}

export function withDone(path: string, done: string): string {
  return `${path}?done=${done}`
}
